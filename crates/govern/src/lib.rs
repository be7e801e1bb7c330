//! May we, who did, and why?
