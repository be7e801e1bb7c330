//! What is near this, or contains it?
