import Core
import CZlib
import Glibc

/// gzip (RFC 1952): one or more compressed members, one after another.
enum Gzip {
  /// Whether `region` begins as a gzip stream does.
  static func isGzip(_ region: ByteRegion) -> Bool {
    ByteSlice(region).hasPrefix([0x1F, 0x8B, 0x08])
  }

  /// Everything that the stream holds, its checksums verified.
  /// - Parameter limit: bytes that the content may grow to.
  /// - Throws: when the stream is cut short, damaged, above the limit, or followed by other bytes.
  static func inflate(
    _ region: ByteRegion, limit: Int = Limits.inflatedBytes
  ) throws(FormatError) -> ByteRegion {
    let inflater = Inflater(region, limit: limit)
    guard inflater.isReady else {
      throw FormatError(.tooLarge, "zlib cannot be started; memory may be short")
    }
    return try inflater.run()
  }
}

/// One run of zlib's inflate over a region; owns the stream and the output until it is handed over.
private final class Inflater {
  private let input: ByteRegion
  private let limit: Int
  // zlib keeps the stream's address, so it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var consumed = 0
  private var output: UnsafeMutableRawPointer?
  private var capacity = 0
  private var produced = 0
  let isReady: Bool

  init(_ input: ByteRegion, limit: Int) {
    self.input = input
    self.limit = limit
    stream.initialize(to: z_stream())
    // 15 + 16: the largest window, a gzip wrapper. `inflateInit2` is a macro, which Swift cannot
    // see.
    isReady =
      inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deallocate()
    free(output)
    MemoryBudget.shared.give(capacity)
  }

  func run() throws(FormatError) -> ByteRegion {
    var ended = false
    while !ended || consumed < input.count {
      if ended { try startNextMember() }
      ended = try step()
    }
    // What was room for more goes back; a stream of nothing keeps one byte.
    let fitted = realloc(output, max(1, produced)) ?? output
    MemoryBudget.shared.give(capacity - produced)
    let charge = produced
    output = nil
    capacity = 0
    return ByteRegion(
      owning: UnsafeRawBufferPointer(start: fitted, count: produced), charge: charge
    ) {
      free(UnsafeMutableRawPointer(mutating: $0.baseAddress))
    }
  }

  /// Inflates what fits the output's free room; true at the end of a member.
  private func step() throws(FormatError) -> Bool {
    try makeRoom()
    guard let output, let start = input.bytes.baseAddress else { throw cutShort() }
    let offered = min(input.count - consumed, 1 << 30)
    let room = min(capacity - produced, 1 << 30)
    // zlib never writes through next_in; its type is older than const.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: (start + consumed).assumingMemoryBound(to: Bytef.self))
    stream.pointee.avail_in = UInt32(offered)
    stream.pointee.next_out = (output + produced).assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_out = UInt32(room)
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    let used = offered - Int(stream.pointee.avail_in)
    let made = room - Int(stream.pointee.avail_out)
    consumed += used
    produced += made
    switch status {
    case Z_STREAM_END: return true
    case Z_OK where used + made > 0: return false
    case Z_OK, Z_BUF_ERROR: throw cutShort()
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
      throw FormatError(
        .damaged, "the gzip stream is damaged (\(reason))", at: "byte \(consumed)",
        remedy: "copy or compress the file again")
    }
  }

  private func startNextMember() throws(FormatError) {
    let rest = ByteSlice(region: input, range: consumed..<input.count)
    guard rest.hasPrefix([0x1F, 0x8B]), inflateReset(stream) == Z_OK else {
      throw FormatError(
        .damaged, "\(rest.count) bytes follow the end of the gzip stream", at: "byte \(consumed)",
        remedy: "compress the file again")
    }
  }

  private func makeRoom() throws(FormatError) {
    guard produced == capacity else { return }
    guard capacity < limit else {
      throw FormatError(
        .tooLarge, "the gzip stream grows above the limit of \(limit) bytes",
        remedy: "unpack it first, if you trust it")
    }
    let proportionate = Limits.unpacked(from: input.count)
    guard capacity < proportionate else {
      throw TooLarge.suspicious(produced, from: input.count)
    }
    let wanted = min(limit, proportionate, max(1 << 16, capacity * 2))
    try MemoryBudget.shared.claim(wanted - capacity, for: "unpacking it")
    guard let larger = realloc(output, wanted) else {
      MemoryBudget.shared.give(wanted - capacity)
      throw FormatError(.tooLarge, "there is not enough memory to unpack \(wanted) bytes")
    }
    output = larger
    capacity = wanted
  }

  private func cutShort() -> FormatError {
    FormatError(
      .truncated, "the gzip stream is cut short", at: "byte \(input.count)",
      remedy: "copy the file again")
  }
}
