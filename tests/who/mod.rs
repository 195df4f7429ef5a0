//! From a process back to its client: the links on captured forms. Twenty sessions of the real lab are in `lab_who`.

pub(crate) mod chain;
mod screen;
