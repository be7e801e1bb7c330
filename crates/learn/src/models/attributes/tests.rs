//! Is likeness what the attributes say?

use super::*;

/// Items 0 and 1 share a rare and a frequent attribute, 2 only the frequent one, 3 has none.
fn kernel() -> AttributeKernel {
    let triples = [(0, 0, 1.0), (1, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0), (2, 1, 1.0)];
    AttributeKernel::new(&Csr::from_triples(4, 2, &triples).unwrap(), 2.0)
}

#[test]
fn rare_attributes_tell_more() {
    let kernel = kernel();
    assert!((kernel.likeness(0, 1) - 1.0).abs() < 1e-6);
    // z_0 = (1/√2, 1/√3) / √(1/2 + 1/3); the frequent attribute's share is (1/3) / (5/6).
    assert!((kernel.likeness(0, 2) - 0.4_f32.sqrt()).abs() < 1e-6);
    assert!(kernel.likeness(0, 3) == 0.0 && kernel.likeness(3, 3) == 0.0);
}

#[test]
fn score_is_the_sum_of_faded_likenesses() {
    let kernel = kernel();
    let mut out = vec![0.0; 4];
    let mut profile = kernel.profile();
    kernel.score_into(&[(2, 0.0), (0, 2.0), (77, 0.0)], &mut profile, &mut out);
    for (item, got) in (0..).zip(&out) {
        let want = kernel.likeness(2, item) + (-1.0_f32).exp() * kernel.likeness(0, item);
        assert!((got - want).abs() < 1e-6, "{item}: {got} for {want}");
    }
}
