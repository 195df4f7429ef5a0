//! Facts of a cluster that is written down here: what each server says, and what is not known when one of them is silent.
