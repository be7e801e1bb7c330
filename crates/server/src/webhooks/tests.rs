//! Signatures, families of types, and which addresses are public.

use super::courier::is_public;
use super::endpoint::fits;
use super::sign::{secret_of, sign};
use std::net::IpAddr;

#[test]
fn a_signature_is_hmac_sha256_over_id_time_and_body() {
    // Expected: by hand, with the hmac of another language.
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let signed = sign(&[secret], id, 1_614_265_330, r#"{"test": 2432232314}"#);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(secret_of([0; 32]).len(), "whsec_".len() + 44);
}

#[test]
fn a_family_holds_its_types_and_no_others() {
    assert!(fits("audit.*", "audit.model.promote") && fits("event.purchase", "event.purchase"));
    assert!(!fits("audit.*", "audits.x") && !fits("audit.*", "audit"));
    assert!(!fits("event.purchase", "event.purchase.more") && !fits("*", "event.purchase"));
}

#[test]
fn addresses_of_ones_own_network_are_not_public() {
    let public = |text: &str| is_public(text.parse::<IpAddr>().unwrap());
    for own in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        assert!(!public(own), "{own}");
    }
    assert!(public("93.184.216.34") && public("2606:2800:220:1::1") && public("100.128.0.1"));
}
