import CZlib

/// Files in files: what is changed inside a container whose sums and lengths are then right again
/// reaches the reader behind it.
enum Containers {
  /// `bytes` with a change inside, where they are a container; nil elsewhere.
  static func changed(_ bytes: [UInt8], by mutator: inout Mutator) -> [UInt8]? {
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) { return zip(bytes, &mutator) }
    if bytes.starts(with: [0x1F, 0x8B]) {
      guard let inner = inflated(bytes[...], windowBits: 31, most: 1 << 22) else { return nil }
      return deflated(mutator.changed(inner), windowBits: 31)
    }
    return safetensors(bytes, &mutator)
  }

  /// `bytes` in gzip.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 31) }

  /// A safetensors file, or a frame behind its length: the header changed, and its length set.
  private static func safetensors(_ bytes: [UInt8], _ mutator: inout Mutator) -> [UInt8]? {
    guard bytes.count > 9 else { return nil }
    let isFramed =
      bytes.count > 17 && bytes[8] != UInt8(ascii: "{") && bytes[16] == UInt8(ascii: "{")
    let start = isFramed ? 16 : 8
    guard bytes[start] == UInt8(ascii: "{") else { return nil }
    let length = bytes[start - 8..<start].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length < UInt64(bytes.count - start) || length == UInt64(bytes.count - start) else {
      return nil
    }
    let end = start + Int(length)
    let header = mutator.changed(Array(bytes[start..<end]))
    var rest = Array(bytes[end...])
    if mutator.random.once(in: 4) { rest = mutator.changed(rest) }
    let buffer = little(UInt64(header.count)) + header + rest
    guard isFramed else { return buffer }
    // The first buffer's own length; those that follow stand where they stood.
    let whole = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return little(whole &+ UInt64(header.count) &- length) + buffer
  }

  private struct Member {
    var name: [UInt8]
    var content: [UInt8]
    var isDeflated: Bool
  }

  /// The archive written anew with one member changed, or left out, or twice there.
  private static func zip(_ bytes: [UInt8], _ mutator: inout Mutator) -> [UInt8]? {
    var members = members(of: bytes)
    guard !members.isEmpty else { return nil }
    let index = mutator.random.below(members.count)
    switch mutator.random.below(12) {
    case 0: members.remove(at: index)
    case 1: members.append(members[index])
    case 2: members[index].name = mutator.changed(members[index].name)
    case 3: members[index].isDeflated.toggle()
    default: members[index].content = mutator.changed(members[index].content)
    }
    return archive(members)
  }

  /// The members of a sound archive without zip64, by its directory.
  private static func members(of bytes: [UInt8]) -> [Member] {
    func number(_ offset: Int, _ size: Int) -> Int {
      guard offset >= 0, offset + size <= bytes.count else { return 0 }
      return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard
      let end = stride(from: bytes.count - 22, through: 0, by: -1).first(where: {
        bytes[$0...].starts(with: [0x50, 0x4B, 5, 6])
      })
    else { return [] }
    var members: [Member] = []
    var entry = number(end + 16, 4)
    for _ in 0..<min(64, number(end + 10, 2)) where number(entry, 4) == 0x0201_4B50 {
      let nameLength = number(entry + 28, 2)
      let local = number(entry + 42, 4)
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      let packed = number(entry + 20, 4)
      guard start + packed <= bytes.count, entry + 46 + nameLength <= bytes.count else { break }
      let isDeflated = number(entry + 10, 2) == 8
      let data = bytes[start..<start + packed]
      let content = isDeflated ? inflated(data, windowBits: -15, most: 1 << 22) : Array(data)
      if let content {
        members.append(
          Member(
            name: Array(bytes[entry + 46..<entry + 46 + nameLength]), content: content,
            isDeflated: isDeflated))
      }
      entry += 46 + nameLength + number(entry + 30, 2) + number(entry + 32, 2)
    }
    return members
  }

  private static func archive(_ members: [Member]) -> [UInt8] {
    var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
    for member in members {
      let data = member.isDeflated ? deflated(member.content, windowBits: -15) : member.content
      let crc = member.content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      let fields =
        [UInt16(20), 0x0800, member.isDeflated ? 8 : 0, 0, 0x21].flatMap(little)
        + [UInt32(truncatingIfNeeded: crc), UInt32(data.count), UInt32(member.content.count)]
        .flatMap(little) + little(UInt16(truncatingIfNeeded: member.name.count))
      directory +=
        little(UInt32(0x0201_4B50)) + little(UInt16(20)) + fields
        + [UInt16](repeating: 0, count: 4).flatMap(little)
        + [0, UInt32(bytes.count)].flatMap(little) + member.name
      bytes += little(UInt32(0x0403_4B50)) + fields + little(UInt16(0)) + member.name + data
    }
    let count = UInt16(members.count)
    return bytes + directory + little(UInt32(0x0605_4B50))
      + [UInt16(0), 0, count, count].flatMap(little)
      + [UInt32(directory.count), UInt32(bytes.count)].flatMap(little) + little(UInt16(0))
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func inflated(_ bytes: ArraySlice<UInt8>, windowBits: Int32, most: Int) -> [UInt8]?
  {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    var input = Array(bytes)
    var output = [UInt8](repeating: 0, count: most)
    let status = run(&stream, &input, &output) { inflate($0, Z_FINISH) }
    return status == Z_STREAM_END ? Array(output.prefix(most - Int(stream.avail_out))) : nil
  }

  private static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 1, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
    let room = output.count
    _ = run(&stream, &input, &output) { deflate($0, Z_FINISH) }
    return Array(output.prefix(room - Int(stream.avail_out)))
  }

  private static func run(
    _ stream: inout z_stream, _ input: inout [UInt8], _ output: inout [UInt8],
    _ step: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> Int32 {
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        return step(&stream)
      }
    }
  }
}
