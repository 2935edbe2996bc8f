//! Predefined extensions of observables (section 6) and the X.509 v3 extensions type (6.18.2).

use super::{COUNT, INTEGER, Record, Rule, Shape, To, may, must, record};

/// 6.7.2.
pub(super) static ARCHIVE: Record =
    record(&[must("contains_refs", Shape::Refs(To::Kinds(&["file", "directory"]))), may("comment", Shape::Text)], &[]);

/// 6.7.3.
pub(super) static NTFS: Record = record(
    &[may("sid", Shape::Text), may("alternate_data_streams", Shape::Records(&ALTERNATE_DATA_STREAM))],
    &[Rule::AnyOf(&["sid", "alternate_data_streams"])],
);

static ALTERNATE_DATA_STREAM: Record =
    record(&[must("name", Shape::Text), may("hashes", Shape::Hashes), may("size", COUNT)], &[]);

/// 6.7.4.
pub(super) static PDF: Record = record(
    &[
        may("version", Shape::Text),
        may("is_optimized", Shape::Flag),
        may("document_info_dict", Shape::Dictionary),
        may("pdfid0", Shape::Text),
        may("pdfid1", Shape::Text),
    ],
    &[Rule::AnyOf(&["version", "is_optimized", "document_info_dict", "pdfid0", "pdfid1"])],
);

/// 6.7.5.
pub(super) static RASTER_IMAGE: Record = record(
    &[
        may("image_height", INTEGER),
        may("image_width", INTEGER),
        may("bits_per_pixel", INTEGER),
        may("exif_tags", Shape::Dictionary),
    ],
    &[Rule::AnyOf(&["image_height", "image_width", "bits_per_pixel", "exif_tags"])],
);

/// 6.7.6. Type: `windows-pebinary-type-ov`.
pub(super) static WINDOWS_PEBINARY: Record = record(
    &[
        must("pe_type", Shape::Text),
        may("imphash", Shape::Text),
        may("machine_hex", Shape::Hex),
        may("number_of_sections", COUNT),
        may("time_date_stamp", Shape::Time),
        may("pointer_to_symbol_table_hex", Shape::Hex),
        may("number_of_symbols", COUNT),
        may("size_of_optional_header", COUNT),
        may("characteristics_hex", Shape::Hex),
        may("file_header_hashes", Shape::Hashes),
        may("optional_header", Shape::Record(&OPTIONAL_HEADER)),
        may("sections", Shape::Records(&SECTION)),
    ],
    &[],
);

/// 6.7.6.2.
static OPTIONAL_HEADER: Record = record(
    &[
        may("magic_hex", Shape::Hex),
        may("major_linker_version", INTEGER),
        may("minor_linker_version", INTEGER),
        may("size_of_code", COUNT),
        may("size_of_initialized_data", COUNT),
        may("size_of_uninitialized_data", COUNT),
        may("address_of_entry_point", INTEGER),
        may("base_of_code", INTEGER),
        may("base_of_data", INTEGER),
        may("image_base", INTEGER),
        may("section_alignment", INTEGER),
        may("file_alignment", INTEGER),
        may("major_os_version", INTEGER),
        may("minor_os_version", INTEGER),
        may("major_image_version", INTEGER),
        may("minor_image_version", INTEGER),
        may("major_subsystem_version", INTEGER),
        may("minor_subsystem_version", INTEGER),
        may("win32_version_value_hex", Shape::Hex),
        may("size_of_image", COUNT),
        may("size_of_headers", COUNT),
        may("checksum_hex", Shape::Hex),
        may("subsystem_hex", Shape::Hex),
        may("dll_characteristics_hex", Shape::Hex),
        may("size_of_stack_reserve", COUNT),
        may("size_of_stack_commit", COUNT),
        may("size_of_heap_reserve", COUNT),
        may("size_of_heap_commit", COUNT),
        may("loader_flags_hex", Shape::Hex),
        may("number_of_rva_and_sizes", INTEGER),
        may("hashes", Shape::Hashes),
    ],
    &[],
);

/// 6.7.6.3.
static SECTION: Record = record(
    &[
        must("name", Shape::Text),
        may("size", COUNT),
        may("entropy", Shape::Float(f64::MIN, f64::MAX)),
        may("hashes", Shape::Hashes),
    ],
    &[],
);

/// 6.12.2.
pub(super) static HTTP_REQUEST: Record = record(
    &[
        must("request_method", Shape::Text),
        must("request_value", Shape::Text),
        may("request_version", Shape::Text),
        may("request_header", Shape::Dictionary),
        may("message_body_length", INTEGER),
        may("message_body_data_ref", Shape::Ref(To::Kinds(&["artifact"]))),
    ],
    &[],
);

/// 6.12.3.
pub(super) static ICMP: Record = record(&[must("icmp_type_hex", Shape::Hex), must("icmp_code_hex", Shape::Hex)], &[]);

/// 6.12.4. Family: `network-socket-address-family-enum`; type: `network-socket-type-enum`.
pub(super) static SOCKET: Record = record(
    &[
        must(
            "address_family",
            Shape::Closed(&[
                "AF_UNSPEC",
                "AF_INET",
                "AF_IPX",
                "AF_APPLETALK",
                "AF_NETBIOS",
                "AF_INET6",
                "AF_IRDA",
                "AF_BTH",
            ]),
        ),
        may("is_blocking", Shape::Flag),
        may("is_listening", Shape::Flag),
        may("options", Shape::Dictionary),
        may("socket_type", Shape::Closed(&["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET"])),
        may("socket_descriptor", COUNT),
        may("socket_handle", INTEGER),
    ],
    &[],
);

/// 6.12.5.
pub(super) static TCP: Record = record(
    &[may("src_flags_hex", Shape::Hex), may("dst_flags_hex", Shape::Hex)],
    &[Rule::AnyOf(&["src_flags_hex", "dst_flags_hex"])],
);

/// 6.13.2. Level: `windows-integrity-level-enum`.
pub(super) static WINDOWS_PROCESS: Record = record(
    &[
        may("aslr_enabled", Shape::Flag),
        may("dep_enabled", Shape::Flag),
        may("priority", Shape::Text),
        may("owner_sid", Shape::Text),
        may("window_title", Shape::Text),
        may("startup_info", Shape::Dictionary),
        may("integrity_level", Shape::Closed(&["low", "medium", "high", "system"])),
    ],
    &[Rule::AnyOf(&[
        "aslr_enabled",
        "dep_enabled",
        "priority",
        "owner_sid",
        "window_title",
        "startup_info",
        "integrity_level",
    ])],
);

/// 6.13.3.
pub(super) static WINDOWS_SERVICE: Record = record(
    &[
        may("service_name", Shape::Text),
        may("descriptions", Shape::Texts),
        may("display_name", Shape::Text),
        may("group_name", Shape::Text),
        may(
            "start_type",
            Shape::Closed(&[
                "SERVICE_AUTO_START",
                "SERVICE_BOOT_START",
                "SERVICE_DEMAND_START",
                "SERVICE_DISABLED",
                "SERVICE_SYSTEM_ALERT",
            ]),
        ),
        may("service_dll_refs", Shape::Refs(To::Kinds(&["file"]))),
        may(
            "service_type",
            Shape::Closed(&[
                "SERVICE_KERNEL_DRIVER",
                "SERVICE_FILE_SYSTEM_DRIVER",
                "SERVICE_WIN32_OWN_PROCESS",
                "SERVICE_WIN32_SHARE_PROCESS",
            ]),
        ),
        may(
            "service_status",
            Shape::Closed(&[
                "SERVICE_CONTINUE_PENDING",
                "SERVICE_PAUSE_PENDING",
                "SERVICE_PAUSED",
                "SERVICE_RUNNING",
                "SERVICE_START_PENDING",
                "SERVICE_STOP_PENDING",
                "SERVICE_STOPPED",
            ]),
        ),
    ],
    &[Rule::AnyOf(&[
        "service_name",
        "descriptions",
        "display_name",
        "group_name",
        "start_type",
        "service_dll_refs",
        "service_type",
        "service_status",
    ])],
);

/// 6.16.2.
pub(super) static UNIX_ACCOUNT: Record = record(
    &[may("gid", INTEGER), may("groups", Shape::Texts), may("home_dir", Shape::Text), may("shell", Shape::Text)],
    &[Rule::AnyOf(&["gid", "groups", "home_dir", "shell"])],
);

/// 6.18.2.
pub(super) static X509_V3: Record = record(
    &[
        may("basic_constraints", Shape::Text),
        may("name_constraints", Shape::Text),
        may("policy_constraints", Shape::Text),
        may("key_usage", Shape::Text),
        may("extended_key_usage", Shape::Text),
        may("subject_key_identifier", Shape::Text),
        may("authority_key_identifier", Shape::Text),
        may("subject_alternative_name", Shape::Text),
        may("issuer_alternative_name", Shape::Text),
        may("subject_directory_attributes", Shape::Text),
        may("crl_distribution_points", Shape::Text),
        may("inhibit_any_policy", Shape::Text),
        may("private_key_usage_period_not_before", Shape::Time),
        may("private_key_usage_period_not_after", Shape::Time),
        may("certificate_policies", Shape::Text),
        may("policy_mappings", Shape::Text),
    ],
    &[],
);
