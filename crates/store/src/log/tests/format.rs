//! Are the bytes of a segment still those that earlier releases wrote?

use expect_test::expect;

use super::super::frame::{Frame, Header, encode, encode_mark};

#[test]
fn the_bytes_of_a_segment_are_golden() {
    let header = Header { first: 7, log_id: *b"0123456789abcdef" };
    let mut bytes = header.encode().to_vec();
    encode_mark(&mut bytes, header.seed(), 1_700_000_000_000, 64);
    let frame = Frame { at_ms: -2, id: b"f-1", payload: b"what" };
    encode(&mut bytes, header.seed(), &frame);
    // A difference means that old logs would be refused or misread: add a version instead.
    expect![[r#"
        534b4545504c4f470100000000000000
        07000000000000003031323334353637
        38396162636465660000000000000000
        000000000000000000000000ceb837b7
        78108581110000000068e5cf8b010000
        004000000000000000af21a52f100000
        00feffffffffffffff03662d31776861
        74
    "#]]
    .assert_eq(&hex(&bytes));
}

/// Sixteen bytes a line.
fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks(16).map(|bytes| line(bytes) + "\n").collect()
}
