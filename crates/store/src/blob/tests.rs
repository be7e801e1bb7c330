//! Does a name always stand for all of its bytes?

use super::*;

fn put(blobs: &Blobs, mut bytes: &[u8]) -> BlobId {
    blobs.put(&mut bytes).unwrap()
}

#[test]
fn a_blob_is_named_by_its_sha_256_and_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let id = put(&blobs, b"abc");
    // FIPS 180-2, appendix B.1.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(id.to_string(), expected);
    assert_eq!(expected.parse(), Ok(id));
    let mapped = blobs.get(id).unwrap().unwrap();
    assert_eq!(put(&blobs, b"abc"), id);
    let empty = put(&blobs, b"");
    assert_eq!(&**blobs.get_checked(empty).unwrap().as_ref().unwrap(), b"");
    let large: Vec<u8> = (0..3 * CHUNK + 5).map(|i| (i * 7) as u8).collect();
    let large_id = put(&blobs, &large);
    assert_eq!(&*blobs.get_checked(large_id).unwrap().unwrap(), &large[..]);
    let mut all = vec![(id, 3), (empty, 0), (large_id, large.len() as u64)];
    all.sort_unstable();
    assert_eq!(blobs.list().unwrap(), all);
    blobs.remove(id).unwrap();
    blobs.remove(id).unwrap();
    assert_eq!(&*mapped, b"abc", "a mapped blob outlives its name");
    assert!(blobs.get(id).unwrap().is_none());
}

#[test]
fn a_blob_that_was_tampered_with_is_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let id = put(&blobs, b"weights");
    let path = blobs.path(id);
    fs::remove_file(&path).unwrap();
    fs::write(&path, b"Weights").unwrap();
    let error = blobs.get_checked(id).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn a_source_that_fails_leaves_no_trace() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the trainer died"))
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let error = blobs.put(&mut Fails).unwrap_err();
    assert!(error.to_string().contains("the trainer died"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn texts_that_are_no_names_are_refused() {
    for text in ["", "ab", &"g".repeat(64), &"A".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
        let error = BlobId::from_str(text).unwrap_err();
        assert!(error.to_string().contains("64 digits"));
    }
}
