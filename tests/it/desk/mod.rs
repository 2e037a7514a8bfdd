//! What happens at the desk: lending to whoever stands there, and taking back.

mod renewals;
