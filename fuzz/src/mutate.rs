//! How is a sound input broken? Seeded changes to bytes, to text and to its structure.

/// A small seeded source of numbers (splitmix64).
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Values at the edges of what numbers, times, texts and formats hold.
const EDGES: &[&[u8]] = &[
    b"",
    b"0",
    b"-1",
    b"-0",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551615",
    b"99999999999999999999999999",
    b"1e308",
    b"-1e400",
    b"NaN",
    b"inf",
    b"0.1e-320",
    b"4294967295",
    b"65536",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"\"",
    b"\\",
    b"[[[[[[[[",
    b"{\"a\":{\"a\":",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\0",
    b"\r\n",
    b"\n",
    b"\t",
    b",",
    b"|",
    b" ",
    b"=",
    b".",
    b"9999-12-31T23:59:59Z",
    b"-009999-01-01T00:00:00Z",
    b"2016-12-31T23:59:60Z",
    b"0000-00-00",
    b"1899-12-31",
    "\u{202e}\u{1f469}\u{200d}".as_bytes(),
    "\u{fb03}\u{0130}".as_bytes(),
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\0\0\0\0\0\0\xf8\x7f",
    b"\0\0\x80\x7f",
    b"%00",
    b"%ff%fe",
    b"../",
    b"\x1f\x8b\x08\0",
    b"\x28\xb5\x2f\xfd",
    b"PAR1",
];

/// The ends of the words of `bytes`: where letters and digits begin or stop.
fn words(bytes: &[u8]) -> Vec<usize> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || b == b'-';
    let inner = (1..bytes.len()).filter(|&at| plain(bytes[at - 1]) != plain(bytes[at]));
    std::iter::once(0).chain(inner).chain([bytes.len()]).collect()
}

/// `seed` changed in one to four places; now and then with a part of `other` in it.
pub fn mutated(dice: &mut Dice, seed: &[u8], other: &[u8], bytes_max: usize) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + dice.below(4) {
        change(dice, &mut bytes, other);
    }
    bytes.truncate(bytes_max);
    bytes
}

fn change(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = dice.below(bytes.len() + 1);
    match dice.below(11) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        1 if at < bytes.len() => bytes[at] = dice.next() as u8,
        2 => drop(bytes.splice(at..at, dice.one(EDGES).iter().copied())),
        3 => bytes.truncate(at),
        4 => {
            // A part is left out.
            let end = (at + 1 + dice.below(16)).min(bytes.len());
            bytes.drain(at..end);
        }
        5 => {
            // A part is said again, up to 64 times.
            let end = (at + 1 + dice.below(64)).min(bytes.len());
            let part = bytes[at..end].repeat(1 + dice.below(64));
            bytes.splice(at..at, part);
        }
        6 | 7 => {
            // A word is another word: of the edges, or of this input.
            let ends = words(bytes);
            let word = dice.below(ends.len().saturating_sub(1).max(1));
            let range = ends[word]..ends.get(word + 1).copied().unwrap_or(ends[word]);
            let new = if dice.below(3) == 0 {
                let from = dice.below(ends.len().saturating_sub(1).max(1));
                bytes[ends[from]..ends.get(from + 1).copied().unwrap_or(ends[from])].to_vec()
            } else {
                dice.one(EDGES).to_vec()
            };
            bytes.splice(range, new);
        }
        8 => {
            // The rest is another input's.
            let from = dice.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        9 => {
            // A word grows beyond limits.
            let long = vec![*dice.one(b"a9-\xc3 \"[{"); 1 << dice.below(14)];
            bytes.splice(at..at, long);
        }
        _ => {
            // Four or eight bytes are a number at an edge, as binary formats hold them.
            let edge = *dice.one(&[0, 1, u64::MAX, 1 << 31, 1 << 63, i64::MAX as u64, 1 << 20]);
            let size = *dice.one(&[4, 8]);
            for (to, byte) in bytes.iter_mut().skip(at).zip(edge.to_le_bytes()).take(size) {
                *to = byte;
            }
        }
    }
}
