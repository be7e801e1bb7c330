//! What do we call things?
