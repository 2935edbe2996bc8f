//! A seeded nation with its innocent periodic traffic and its botnets.
