//! Who sees which arm, and did it help?
