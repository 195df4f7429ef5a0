//! How the console looks: the themes measured, what a look may and may not change in a frame, and frames without a terminal.

mod command;
mod frames;
mod measure;
mod states;
mod vision;
