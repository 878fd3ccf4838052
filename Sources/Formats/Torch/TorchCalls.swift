import Core

/// What torch's symbols and persistent ids stand for.
extension PickleMachine {
  /// BINPERSID: `('storage', StorageType, key, location, elements[, view])` to a storage.
  ///
  /// The location ("cuda:0") is only a label: the numbers are in the file all the same.
  mutating func pushStorage() throws(FormatError) {
    let item = try pop()
    let parts = try tuple(item, "a persistent id")
    guard let storages, (5...6).contains(parts.count) else { throw notStorage() }
    guard case .string("storage") = parts[0], case .symbol(.storageType(let type)) = parts[1] else {
      throw notStorage()
    }
    if parts.count == 6 {
      guard case .none = parts[5] else {
        throw fail("a storage that is a view of another storage is not supported", as: .unsupported)
      }
    }
    let count = try int(parts[4], "a storage's length")
    guard count >= 0 else { throw fail("a storage claims \(count) elements") }
    let key = try string(parts[2], "a storage's key")
    do throws(FormatError) {
      let storage = try storages.storage(key: key, type: type, count: count)
      try push(.storage(storage))
    } catch { throw error.located(place) }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
  mutating func rebuildTensor(_ arguments: [PickleItem]) throws(FormatError) {
    guard arguments.count >= 4 else { throw fail("a tensor lacks its storage, size or stride") }
    guard case .node(let node) = arguments[0], case .storage(let storage) = nodes[node] else {
      throw fail("a tensor's storage is \(kind(arguments[0]))")
    }
    let shape = try ints(arguments[2], "a tensor's size")
    let strides = try ints(arguments[3], "a tensor's stride")
    guard shape.count <= NDArray.mostAxes, strides.count == shape.count else {
      throw fail("a tensor has \(shape.count) axes and \(strides.count) strides")
    }
    let tensor = TorchTensor(
      storage: storage, offset: try int(arguments[1], "a tensor's offset"), shape: shape,
      strides: strides, place: place)
    try push(.tensor(tensor))
  }

  /// `torch.storage._load_from_bytes(b)`: a whole legacy torch.save stream, under the same guard.
  ///
  /// torch writes single storages and tensors this way. Anything else could hide any number of
  /// values from the outer pickle's count, and is refused.
  mutating func loadFromBytes(_ arguments: [PickleItem]) throws(FormatError) {
    guard !isNested else {
      throw fail("a torch stream inside a torch stream is refused", as: .unsupported)
    }
    let slice = try bytes(first(of: arguments, "_load_from_bytes"), "a torch stream")
    try charge(slice.count)
    let stream = try TorchLegacyStream(
      slice, source: cursor.slice.region === slice.region ? "" : "the torch stream at \(place)",
      isNested: true)
    guard case .node(let node) = stream.content else { throw notTensor() }
    switch stream.machine.nodes[node] {
    case .storage(let storage): try push(.storage(storage))
    case .tensor: try push(.value(stream.value()))
    default: throw notTensor()
    }
  }

  private func notTensor() -> FormatError {
    fail("the torch stream inside the pickle holds no tensor or storage")
  }

  private func notStorage() -> FormatError {
    fail("a persistent id does not name a tensor storage of a known type")
  }
}
