import CSignals

/// File systems that several machines share.
public enum NetworkFileSystem {
  /// The magic numbers of statfs(2) whose locks may be local to one machine, or missing.
  private static let networks: [Int: String] = [
    0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "SMB", 0xFE53_4D42: "SMB", 0x0BD0_0BD0: "Lustre",
    0x0102_1997: "9P", 0x6573_5546: "FUSE", 0x00C3_6400: "Ceph", 0x1983_0326: "BeeGFS",
    0x4750_4653: "GPFS", 0x5346_414F: "AFS",
  ]

  /// The name of the network file system that `path`, or the nearest folder above it, is on.
  public static func name(at path: String) -> String? {
    var place = path[...]
    while true {
      let kind = cka_file_system_kind(place.isEmpty ? "/" : String(place))
      if kind >= 0 { return networks[kind] }
      guard let slash = place.lastIndex(of: "/") else { return nil }
      place = place[..<slash]
    }
  }
}
