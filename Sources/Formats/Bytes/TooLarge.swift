import Core
import Glibc

/// Why bytes are not read into memory: with all that is open they would pass the budget.
struct TooLarge: Error, Equatable {
  /// Bytes that were asked for.
  let needed: Int
  /// Bytes that are held already.
  let held: Int
  /// Bytes that may be held.
  let allowed: Int

  /// The same as one line; `use` is what the bytes were for ("to unpack it").
  func error(_ use: String) -> FormatError {
    let others = held < allowed / 100 ? "" : ", beside \(Self.text(held)) in use"
    // The next whole number of GiB that has room for both.
    let (sum, overflow) = needed.addingReportingOverflow(held)
    let enough = overflow ? nil : "\(sum >> 30 + 1)G"
    return FormatError(
      .tooLarge,
      "too large: \(use) takes \(Self.text(needed)) of memory\(others); "
        + "files may take \(Self.text(allowed))",
      remedy: "save less in one file, or uncompressed, which needs no memory"
        + (enough.map { "; or set \(MemoryAllowance.variable)=\($0)" } ?? ""))
  }

  /// A file that unpacks to more than `Limits.unpacked` allows: nothing that was saved for use does.
  static func suspicious(_ unpacked: Int, from packed: Int) -> FormatError {
    FormatError(
      .tooLarge,
      "the file has \(text(packed)) and unpacks to \(text(unpacked)) or more, over "
        + "\(Limits.unpackingRatio) times as much",
      remedy: "unpack it first, if you trust it")
  }

  /// "1.1 GB".
  static func text(_ bytes: Int) -> String {
    let steps = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
    guard let step = steps.first(where: { Double(bytes) >= $0.0 }) else { return "\(bytes) bytes" }
    let tenths = (Double(bytes) / step.0 * 10).rounded() / 10
    return "\(tenths) \(step.1)"
  }
}

extension MemoryBudget {
  /// Takes `count` bytes, or says why not; `use` is what they are for ("unpacking it").
  func claim(_ count: Int, for use: String) throws(FormatError) {
    guard take(count) else {
      throw TooLarge(needed: count, held: held, allowed: bytes).error(use)
    }
  }

  /// Checks that `count` bytes could be taken, without taking them.
  func expectRoom(for count: Int, _ use: String) throws(FormatError) {
    guard count <= left else {
      throw TooLarge(needed: count, held: held, allowed: bytes).error(use)
    }
  }
}

extension ByteRegion {
  /// `count` bytes of memory that `fill` writes; they count in the budget for as long as the region
  /// lives.
  /// - Parameters:
  ///   - use: what they are for, for the error ("unpacking it").
  ///   - fill: gives how many bytes it has written.
  static func filled(
    _ count: Int, for use: String,
    _ fill: (UnsafeMutableRawBufferPointer) throws(FormatError) -> Int
  ) throws(FormatError) -> ByteRegion {
    try MemoryBudget.shared.claim(count, for: use)
    guard let memory = malloc(max(1, count)) else {
      MemoryBudget.shared.give(count)
      throw FormatError(
        .tooLarge, "there is not enough memory: \(use) takes \(TooLarge.text(count))")
    }
    do throws(FormatError) {
      let filled = try fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
      let bytes = UnsafeRawBufferPointer(start: memory, count: filled)
      return ByteRegion(owning: bytes, charge: count) {
        free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
      }
    } catch {
      free(memory)
      MemoryBudget.shared.give(count)
      throw error
    }
  }
}
