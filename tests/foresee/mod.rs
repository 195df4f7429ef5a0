//! What is foretold of the captured states.

mod states;
