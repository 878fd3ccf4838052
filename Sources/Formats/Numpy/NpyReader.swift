import Core

/// Reads numpy's `.npy`, versions 1 to 3: one array, over the bytes as they stand.
enum NpyReader {
  /// What every `.npy` file begins with.
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// Bytes that a header may have; numpy's own are below a thousand.
  static let longestHeader = 1 << 16

  /// Whether `region` begins as a `.npy` file does.
  static func isNpy(_ region: ByteRegion) -> Bool { ByteSlice(region).hasPrefix(magic) }

  /// The array in `region`.
  static func read(region: ByteRegion) throws(FormatError) -> ReadValue {
    let (value, trailing) = try array(in: ByteSlice(region))
    var result = ReadValue(value: value, format: .npy)
    if trailing > 0 { result.warnings.append(.bytesAfter("the array", count: trailing)) }
    return result
  }

  /// The array that `slice` begins with, and how many bytes follow it.
  /// - Parameter source: what the bytes are, for errors, where they are not the file itself.
  static func array(
    in slice: ByteSlice, source: String = ""
  ) throws(FormatError) -> (value: Value, trailing: Int) {
    var cursor = ByteCursor(slice, source: source)
    let (header, text) = try header(&cursor)
    let data = try cursor.take(cursor.remaining, "the data")
    if isObjects(header) { return try objects(header, in: data, source: source) }
    do throws(FormatError) {
      let type = try NumpyType(header.descr)
      let (bytes, overflow) = try NDArray.count(of: header.shape)
        .multipliedReportingOverflow(by: type.size)
      guard !overflow, bytes <= data.count else {
        throw FormatError(
          .truncated,
          "an array of shape \(header.shape) and type \(SafeText.sanitise(header.descr)) needs "
            + "more than the \(data.count) bytes that follow its header",
          remedy: "copy the file again; it may be cut short")
      }
      let value = try type.array(shape: header.shape, fortran: header.fortran, data: data)
      return (value, data.count - bytes)
    } catch { throw error.located(cursor.place(text.range.lowerBound - slice.range.lowerBound)) }
  }

  /// Whether the array's elements are Python objects, which numpy writes as a pickle.
  static func isObjects(_ header: NpyHeader) -> Bool {
    ["|O", "O", "<O", "=O", "|O8", "|O4"].contains(header.descr)
  }

  /// What an array of Python objects holds, read as safely as any other pickle: the object itself
  /// where there is one, as `numpy.save` of a dictionary has it, else a list.
  private static func objects(
    _ header: NpyHeader, in data: ByteSlice, source: String
  ) throws(FormatError) -> (value: Value, trailing: Int) {
    let count = try NDArray.count(of: header.shape)
    guard header.shape.count <= 1 || count == 1 else {
      throw FormatError(
        .unsafe, "the array of shape \(header.shape) holds Python objects", at: source,
        remedy: "save numbers as float32, and arrays of several shapes with numpy.savez")
    }
    var machine = PickleMachine(
      data, source: source.isEmpty ? "the array's pickle" : source + ", its pickle",
      allowsObjects: true)
    let elements: [Value]
    do throws(FormatError) {
      let item = try machine.run()
      let value = try PickleResolver.value(of: item, in: machine)
      guard case .list(let objects) = value, objects.count == count else {
        throw FormatError(
          .damaged, "the array's pickle holds another number of objects than its header says")
      }
      elements = objects
    } catch {
      var error = error
      error.remedy =
        "save the arrays themselves, such as numpy.savez(file, **dictionary), which needs no pickle"
      throw error
    }
    // Its writer lost the type of its numbers, and nothing says what they are.
    guard !elements.allSatisfy(\.isPlainNumber) else {
      throw FormatError(
        .unsupported, "the array holds plain numbers as Python objects", at: source,
        remedy: "save them as numbers, such as numpy.savez(file, CKA=array.astype('float64'))")
    }
    return (count == 1 ? elements[0] : .list(elements), machine.cursor.remaining)
  }

  /// The header that the cursor stands before, and its text; the data follows.
  static func header(
    _ cursor: inout ByteCursor
  ) throws(FormatError) -> (header: NpyHeader, text: ByteSlice) {
    guard cursor.slice.hasPrefix(magic) else {
      throw FormatError(
        .foreign, "this is no npy array", at: cursor.place(0), remedy: "save it with numpy.save")
    }
    _ = try cursor.take(magic.count, "the magic")
    let text = try headerText(&cursor)
    return (try NpyHeader(text, source: cursor.source), text)
  }

  private static func headerText(_ cursor: inout ByteCursor) throws(FormatError) -> ByteSlice {
    let place = cursor.place(cursor.position)
    let version = try cursor.byte("the version")
    _ = try cursor.byte("the minor version")
    guard (1...3).contains(version) else {
      throw FormatError(
        .tooNew, "npy version \(version) is unknown (1 to 3 are)", at: place,
        remedy: "save it again with numpy.save")
    }
    let length =
      version == 1
      ? Int(try cursor.integer(UInt16.self, "the header's length"))
      : Int(try cursor.integer(UInt32.self, "the header's length"))
    guard length <= longestHeader else {
      throw FormatError(
        .tooLarge, "the npy header claims \(length) bytes, more than \(longestHeader)", at: place,
        remedy: "save it again with numpy.save")
    }
    return try cursor.take(length, "the header")
  }
}

extension Value {
  /// Whether it is one number of Python's, or None in the place of one.
  fileprivate var isPlainNumber: Bool {
    switch self {
    case .int, .float, .bool, .none: true
    default: false
    }
  }
}
