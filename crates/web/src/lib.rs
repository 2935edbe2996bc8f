//! Pages and JSON over HTTP, rendered on the server, in Japanese and English.
