//! The offline audit: from a copy of the log and public keys alone, whether every act fell inside a live mandate.
