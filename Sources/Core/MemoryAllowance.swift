import Glibc

/// How much memory files may take here: what `CKA_MEMORY` says, or a quarter of what this process
/// may have, at most 4 GiB.
public struct MemoryAllowance: Sendable, Equatable {
  /// Where the number comes from.
  public enum Source: Sendable, Equatable {
    /// `CKA_MEMORY` says so.
    case chosen
    /// A quarter of so many bytes of the machine, or of the control group, which has fewer.
    case quarter(of: Int)
  }

  /// The bytes.
  public let bytes: Int
  /// Where they come from.
  public let source: Source
  /// What `CKA_MEMORY` says, where that is no amount.
  public let misunderstood: String?

  /// The variable that raises or lowers it.
  public static let variable = "CKA_MEMORY"
  /// What this process goes by.
  public static let ofThisProcess = MemoryAllowance(
    setting: getenv(variable).map { String(cString: $0) }, memory: usableMemory)

  private static let least = 256 << 20
  private static let most = 4 << 30

  /// The allowance of a process that may have `memory` bytes in all.
  /// - Parameter setting: bytes, or a number with K, M, G or T (powers of 1024): "8G".
  public init(setting: String?, memory: Int) {
    let chosen = setting.flatMap(Self.amount)
    bytes = chosen ?? min(Self.most, max(Self.least, memory / 4))
    source = chosen == nil ? .quarter(of: memory) : .chosen
    misunderstood = chosen == nil ? setting.flatMap { $0.isEmpty ? nil : $0 } : nil
  }

  /// "8G" as bytes; nil for what is no amount above zero.
  static func amount(_ text: String) -> Int? {
    var digits = text[...]
    var shift = 0
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    if digits.last?.uppercased() == "B" { digits.removeLast() }
    if digits.last == "i" { digits.removeLast() }
    if let unit = digits.last?.uppercased().first, let power = units[unit] {
      shift = power
      digits.removeLast()
    }
    guard let number = Int(digits), number > 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : bytes
  }

  /// The machine's memory, or the limit of a control group around this process.
  private static var usableMemory: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let (bytes, overflow) = pages.multipliedReportingOverflow(
      by: Int(sysconf(Int32(_SC_PAGESIZE))))
    let machine = overflow || bytes <= 0 ? 4 << 30 : bytes
    return ([machine] + controlGroupLimits).min() ?? machine
  }

  /// The limits of the control groups that hold this process; version 2 has one tree, in version 1
  /// memory has one of its own.
  private static var controlGroupLimits: [Int] {
    let lines = (firstBytes(of: "/proc/self/cgroup") ?? "").split(separator: "\n")
    return lines.flatMap { line -> [Int] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isOld = fields[1].split(separator: ",").contains("memory")
      guard isOld || fields[1].isEmpty else { return [] }
      let root = isOld ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup"
      let name = isOld ? "memory.limit_in_bytes" : "memory.max"
      var path = fields[2]
      var limits: [Int] = []
      while true {
        let text = firstBytes(of: "\(root)\(path == "/" ? "" : path)/\(name)")
        if let limit = text.flatMap({ Int($0.prefix { $0 != "\n" }) }) { limits.append(limit) }
        guard let slash = path.lastIndex(of: "/") else { return limits }
        path = path[..<slash]
      }
    }
  }

  /// The first 4 KiB of a small file; nil where there is none.
  private static func firstBytes(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
