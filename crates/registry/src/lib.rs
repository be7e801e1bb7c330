//! Which model serves, and where did it come from?
