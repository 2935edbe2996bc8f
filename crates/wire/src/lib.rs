//! Binary flow exports and packets into gated columns: IPFIX, NetFlow, sFlow, pcap.
