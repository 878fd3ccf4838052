import Core

/// What numpy's symbols stand for, in pickles of numpy 1 and 2.
extension PickleMachine {
  /// `dtype('f4', False, True)`; BUILD gives the byte order.
  mutating func makeType(_ arguments: [PickleItem]) throws(FormatError) {
    let name = try string(first(of: arguments, "numpy.dtype"), "a dtype's name")
    if allowsObjects, ["O", "O8", "O4"].contains(name) { return try push(.objectType) }
    do throws(FormatError) { try push(.dtype(NumpyType(name))) } catch {
      throw error.located(place)
    }
  }

  /// BUILD of a dtype: `(version, byte order, subarray, names, fields, size, alignment, flags)`.
  func complete(_ type: NumpyType, _ state: PickleItem) throws(FormatError) -> NumpyType {
    let parts = try tuple(state, "a dtype's state")
    guard parts.count >= 5 else { throw fail("a dtype's state is too short") }
    for part in parts[2...4] {
      guard case .none = part else {
        throw fail(
          "the array holds records (a structured array)", as: .unsupported,
          remedy: "save it as float32")
      }
    }
    return type.ordered(swapped: try string(parts[1], "a byte order") == ">")
  }

  /// BUILD of an array: `(version, shape, dtype, fortran, bytes)`, and `(…, mask, fill)` for a
  /// masked one.
  mutating func fillArray(
    state: [PickleItem], masked: Bool
  ) throws(FormatError) -> Value {
    guard state.count >= (masked ? 6 : 5) else { throw fail("an array's state is too short") }
    guard case .bool(let fortran) = state[3] else {
      throw fail("an array's Fortran flag is \(kind(state[3]))")
    }
    let shape = try ints(state[1], "an array's shape")
    let data = try bytes(state[4], "an array's data")
    let value = try makeArray(dtype(state[2]), shape: shape, fortran: fortran, data: data)
    guard masked else { return value }
    let mask = try bytes(state[5], "an array's mask")
    return try apply(mask: mask, fortran: fortran, to: value)
  }

  /// What an array of Python objects holds, by its state `(version, shape, dtype, fortran, list)`;
  /// nil for an array of anything else.
  func objects(in state: [PickleItem]) throws(FormatError) -> PickleNode? {
    guard state.count >= 5, case .node(let type) = state[2], case .objectType = nodes[type] else {
      return nil
    }
    let shape = try ints(state[1], "an array's shape")
    guard case .node(let list) = state[4], case .list(let items) = nodes[list],
      try NDArray.count(of: shape) == items.count, shape.count <= 1 || items.count == 1
    else { throw fail("an array of Python objects has another number of them than its shape") }
    return .list(items)
  }

  /// `_frombuffer(buffer, dtype, shape, order)`: protocol 5.
  mutating func makeFromBuffer(_ arguments: [PickleItem]) throws(FormatError) {
    guard arguments.count >= 4 else { throw fail("an array lacks its buffer, type or shape") }
    let data = try bytes(arguments[0], "an array's buffer")
    let order = try string(arguments[3], "an array's order")
    guard order == "C" || order == "F" else { throw fail("an array's order is neither C nor F") }
    let shape = try ints(arguments[2], "an array's shape")
    let value = try makeArray(dtype(arguments[1]), shape: shape, fortran: order == "F", data: data)
    try push(.value(value))
  }

  /// `scalar(dtype, bytes)`: an array without axes, so that its type is not lost.
  mutating func makeScalar(_ arguments: [PickleItem]) throws(FormatError) {
    guard arguments.count == 2 else { throw fail("a numpy scalar lacks its type or bytes") }
    let data = try bytes(arguments[1], "a numpy scalar")
    let value = try makeArray(dtype(arguments[0]), shape: [], fortran: false, data: data)
    if case .strings(let texts, _) = value, let text = texts.first {
      push(.string(text))
    } else {
      try push(.value(value))
    }
  }

  /// numpy refuses a buffer of any other length than shape and type ask for; so do we.
  private mutating func makeArray(
    _ type: NumpyType, shape: [Int], fortran: Bool, data: ByteSlice
  ) throws(FormatError) -> Value {
    do throws(FormatError) {
      let count = try NDArray.count(of: shape)
      let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
      guard !overflow, bytes == data.count else {
        throw FormatError(
          .damaged,
          "an array of shape \(shape) and \(type.size)-byte elements has \(data.count) bytes",
          remedy: "save the result again; the file is damaged")
      }
      if case .number = type {} else { try charge(count * 8) }
      return try type.array(shape: shape, fortran: fortran, data: data)
    } catch { throw error.located(place) }
  }

  /// The array as float64 with NaN where the mask is set.
  private mutating func apply(
    mask: ByteSlice, fortran: Bool, to value: Value
  ) throws(FormatError) -> Value {
    guard case .array(let array) = value, mask.count == array.count else {
      throw fail("a masked array's mask does not fit its data")
    }
    try charge(array.count * 8)
    let flags = try NDArray(type: .uint8, shape: array.shape, fortran: fortran, packedIn: mask)
    let values = zip(array.values(), flags.values()).map { $1 == 0 ? $0 : Double.nan }
    let region = values.withUnsafeBytes { ByteRegion(copying: $0) }
    do throws(FormatError) {
      return .array(
        try NDArray(type: .float64, shape: array.shape, packedIn: ByteSlice(region)))
    } catch { throw error.located(place) }
  }
}
