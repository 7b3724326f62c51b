//! For the eye
