//! tiercast
fn main() {}
