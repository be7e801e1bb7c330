//! Sixteen numbers at once: as an array, as two AVX2 registers, as one AVX-512 register.

#![allow(unsafe_code)] // intrinsics; every method asks for the feature its type is named after

use super::LANES;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Sixteen partial sums.
///
/// # Safety
/// Every method is called only where the processor has the feature of the type, from a function
/// compiled for it (into which it is inlined).
pub(super) trait Lanes: Copy {
    unsafe fn zero() -> Self;
    unsafe fn load(values: &[f32; LANES]) -> Self;
    /// `self + a b`, or `self + (a - b)²`, fused where the processor fuses.
    unsafe fn plus<const L2: bool>(self, a: Self, b: Self) -> Self;
    /// The sum, halves added to halves: the same tree for every width.
    unsafe fn fold(self) -> f32;
}

/// Whether the baseline itself fuses: aarch64 always does, x86-64 without AVX2 would call libm.
const FUSED: bool = cfg!(target_arch = "aarch64");

impl Lanes for [f32; LANES] {
    #[inline(always)]
    unsafe fn zero() -> Self {
        [0.0; LANES]
    }

    #[inline(always)]
    unsafe fn load(values: &[f32; LANES]) -> Self {
        *values
    }

    #[inline(always)]
    unsafe fn plus<const L2: bool>(mut self, a: Self, b: Self) -> Self {
        for i in 0..LANES {
            let (x, y) = if L2 { (a[i] - b[i], a[i] - b[i]) } else { (a[i], b[i]) };
            self[i] = if FUSED { x.mul_add(y, self[i]) } else { x * y + self[i] };
        }
        self
    }

    #[inline(always)]
    unsafe fn fold(mut self) -> f32 {
        let mut width = LANES;
        while width > 1 {
            width /= 2;
            for i in 0..width {
                self[i] += self[i + width];
            }
        }
        self[0]
    }
}

/// Lanes 0–7 and 8–15.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(super) struct Avx2(__m256, __m256);

#[cfg(target_arch = "x86_64")]
impl Lanes for Avx2 {
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX is there, as the trait demands; below likewise.
        unsafe { Self(_mm256_setzero_ps(), _mm256_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn load(values: &[f32; LANES]) -> Self {
        let (low, high) = values.split_at(LANES / 2);
        // SAFETY: eight values lie behind each pointer; no alignment is asked for.
        unsafe { Self(_mm256_loadu_ps(low.as_ptr()), _mm256_loadu_ps(high.as_ptr())) }
    }

    #[inline(always)]
    unsafe fn plus<const L2: bool>(self, a: Self, b: Self) -> Self {
        // SAFETY: AVX2 and FMA are there.
        unsafe {
            if L2 {
                let (low, high) = (_mm256_sub_ps(a.0, b.0), _mm256_sub_ps(a.1, b.1));
                let low = _mm256_fmadd_ps(low, low, self.0);
                return Self(low, _mm256_fmadd_ps(high, high, self.1));
            }
            Self(_mm256_fmadd_ps(a.0, b.0, self.0), _mm256_fmadd_ps(a.1, b.1, self.1))
        }
    }

    #[inline(always)]
    unsafe fn fold(self) -> f32 {
        // SAFETY: AVX is there.
        unsafe { fold_eight(_mm256_add_ps(self.0, self.1)) }
    }
}

/// All sixteen lanes.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(super) struct Avx512(__m512);

#[cfg(target_arch = "x86_64")]
impl Lanes for Avx512 {
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: AVX-512F is there, as the trait demands; below likewise.
        unsafe { Self(_mm512_setzero_ps()) }
    }

    #[inline(always)]
    unsafe fn load(values: &[f32; LANES]) -> Self {
        // SAFETY: sixteen values lie behind the pointer; no alignment is asked for.
        unsafe { Self(_mm512_loadu_ps(values.as_ptr())) }
    }

    #[inline(always)]
    unsafe fn plus<const L2: bool>(self, a: Self, b: Self) -> Self {
        // SAFETY: AVX-512F is there.
        unsafe {
            if L2 {
                let between = _mm512_sub_ps(a.0, b.0);
                return Self(_mm512_fmadd_ps(between, between, self.0));
            }
            Self(_mm512_fmadd_ps(a.0, b.0, self.0))
        }
    }

    #[inline(always)]
    unsafe fn fold(self) -> f32 {
        // SAFETY: AVX-512F is there, and with it AVX.
        unsafe {
            let low = _mm512_castps512_ps256(self.0);
            let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(self.0)));
            fold_eight(_mm256_add_ps(low, high))
        }
    }
}

/// # Safety
/// AVX is there, and the caller compiled for it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn fold_eight(sum: __m256) -> f32 {
    // SAFETY: as this function.
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps::<1>(sum));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
    }
}
