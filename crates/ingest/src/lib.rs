//! Inputs: files, folders, standard input, compression, text logs, live UDP.
