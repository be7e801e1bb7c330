//! What was known about X at time T?
