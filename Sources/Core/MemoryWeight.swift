/// What things that were read keep from going away: each run of bytes counts once, however many
/// matrices are views of it.
public struct MemoryWeight: Sendable {
  /// Bytes of memory.
  public private(set) var held = 0
  /// Bytes of mapped files; the system takes their pages back when it needs them.
  public private(set) var mapped = 0
  private var seen: Set<UInt> = []

  /// Nothing yet.
  public init() {}

  /// Adds the bytes that `matrix` is a view of.
  public mutating func add(_ matrix: Matrix) {
    guard seen.insert(UInt(bitPattern: ObjectIdentifier(matrix.region))).inserted else { return }
    if matrix.region.isMapped { mapped += matrix.region.count } else { held += matrix.region.count }
  }

  /// Adds the elements of `array`, which copies of it share.
  public mutating func add<Element>(_ array: [Element]) {
    let start = array.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    guard start != 0, seen.insert(start).inserted else { return }
    held += array.count * MemoryLayout<Element>.stride
  }
}
