import Synchronization

/// The memory that what was read from files may take, all of it together, in this process.
///
/// Mapped files do not count: the system takes their pages back when it needs them. Bytes that were
/// unpacked, copied or received do, from when they are asked for until their `ByteRegion` goes.
public final class MemoryBudget: Sendable {
  /// The budget of this process.
  public static let shared = MemoryBudget(bytes: MemoryAllowance.ofThisProcess.bytes)

  /// Bytes that may be held at once.
  public let bytes: Int
  private let taken = Atomic<Int>(0)

  /// A budget of `bytes`.
  public init(bytes: Int) { self.bytes = bytes }

  /// Bytes that are held now.
  public var held: Int { taken.load(ordering: .relaxed) }

  /// Bytes that may still be asked for.
  public var left: Int { max(0, bytes - held) }

  /// Takes `count` bytes where so many are left; false takes none.
  public func take(_ count: Int) -> Bool {
    let now = taken.wrappingAdd(count, ordering: .relaxed).newValue
    guard now <= bytes else {
      give(count)
      return false
    }
    return true
  }

  /// Takes `count` bytes that are there already, whether or not so many are left.
  func charge(_ count: Int) { taken.wrappingAdd(count, ordering: .relaxed) }

  /// Gives back `count` bytes that were taken.
  public func give(_ count: Int) { taken.wrappingSubtract(count, ordering: .relaxed) }
}
