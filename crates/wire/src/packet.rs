//! Packets: from captures and from the headers that samplers export. Payload bytes are looked at
//! in place and never kept.

pub(crate) mod header;
