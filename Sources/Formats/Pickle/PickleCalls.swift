import Core

/// REDUCE, NEWOBJ and BUILD: what the known symbols stand for.
extension PickleMachine {
  /// Puts the symbol of `name` in `module` on the stack, or refuses it by name.
  mutating func pushSymbol(module: String, name: String) throws(FormatError) {
    guard let symbol = PickleSymbol(module: module, name: name) else {
      throw known(module: module, name: name) ?? refuse("\(module).\(name)")
    }
    push(.symbol(symbol))
  }

  /// The error for a name that is not known.
  func refuse(_ name: String) -> FormatError {
    fail(
      "refuses \(SafeText.sanitise(name)): this pickle would run code", as: .unsafe,
      remedy: "open only files you trust; save plain dictionaries, lists, tensors and arrays")
  }

  /// The error for a class that people do save, with what to save instead; nil for any other.
  private func known(module: String, name: String) -> FormatError? {
    let shown = SafeText.sanitise("\(module).\(name)")
    if module == "pandas" || module.hasPrefix("pandas.") {
      return fail(
        "the pickle holds a pandas object (\(shown)), which only pandas can open",
        as: .unsupported,
        remedy: "save it with to_csv(path) or to_json(path, orient='split')")
    }
    if ["torch.nn.modules.", "torchvision.models.", "timm.models.", "transformers.models."]
      .contains(where: module.hasPrefix)
    {
      return fail(
        "the pickle holds a whole model (\(shown)), not a result", as: .noResult,
        remedy: "cka compute computes CKA of models; save the model's state_dict() for it")
    }
    return nil
  }

  /// Replaces a symbol and its arguments on the stack by what calling it would make.
  mutating func reduce() throws(FormatError) {
    let top = try pop()
    let arguments = try tuple(top, "a call's arguments")
    guard case .symbol(let symbol) = try pop() else { throw refuse("a call of an object") }
    switch symbol {
    case .rebuildTensor: try rebuildTensor(arguments)
    case .rebuildParameter: push(try first(of: arguments, "_rebuild_parameter"))
    case .loadFromBytes: try loadFromBytes(arguments)
    case .torchSize: try makeTuple(arguments)
    case .reconstruct: try push(.emptyArray(masked: false))
    case .maskedReconstruct: try push(.emptyArray(masked: true))
    case .scalar: try makeScalar(arguments)
    case .fromBuffer: try makeFromBuffer(arguments)
    case .dtype: try makeType(arguments)
    case .orderedDictionary: try makeDictionary(arguments)
    case .defaultDictionary: try push(.dictionary([]))
    case .encode, .bytes: try makeBytes(arguments)
    case .storageType, .ndarray, .maskedArray, .factory:
      throw refuse("a direct call of a type")
    }
  }

  /// NEWOBJ: only an ordered dictionary is made this way.
  mutating func newObject() throws(FormatError) {
    let top = try pop()
    let arguments = try tuple(top, "a new object's arguments")
    guard case .symbol(.orderedDictionary) = try pop() else { throw refuse("NEWOBJ of a class") }
    try makeDictionary(arguments)
  }

  /// BUILD: gives the object below the top its state.
  mutating func build() throws(FormatError) {
    let state = try pop()
    guard case .node(let index) = try top() else { throw refuse("BUILD on a plain value") }
    switch nodes[index] {
    case .dtype(let type): nodes[index] = .dtype(try complete(type, state))
    case .emptyArray(let masked):
      let state = try tuple(state, "an array's state")
      if let objects = try objects(in: state) {
        nodes[index] = objects
      } else {
        nodes[index] = .value(try fillArray(state: state, masked: masked))
      }
    case .objectType: break  // a byte order that means nothing
    case .dictionary: break  // a state dict's attributes (_metadata): nothing to show
    default: throw refuse("BUILD on \(nodes[index].kind)")
    }
  }

  /// The first argument, or an error that names the call.
  func first(of arguments: [PickleItem], _ call: String) throws(FormatError) -> PickleItem {
    guard let item = arguments.first else { throw fail("\(call) was given no arguments") }
    return item
  }

  /// `torch.Size((38, 17))` is a tuple.
  private mutating func makeTuple(_ arguments: [PickleItem]) throws(FormatError) {
    let items = try tuple(first(of: arguments, "torch.Size"), "torch.Size's argument")
    try push(.tuple(items))
  }

  /// `OrderedDict()`, or with a list of pairs.
  private mutating func makeDictionary(_ arguments: [PickleItem]) throws(FormatError) {
    var entries: [(key: PickleItem, value: PickleItem)] = []
    if let pairs = arguments.first {
      guard case .node(let node) = pairs, case .list(let items) = nodes[node] else {
        throw fail("an ordered dictionary should be made of a list, not \(kind(pairs))")
      }
      try charge(items.count * 16)
      for item in items {
        let pair = try pairItems(item)
        entries.append((pair.0, pair.1))
      }
    }
    try push(.dictionary(entries))
  }

  private func pairItems(_ item: PickleItem) throws(FormatError) -> (PickleItem, PickleItem) {
    guard case .node(let node) = item else { throw fail("a pair is \(kind(item))") }
    switch nodes[node] {
    case .list(let items) where items.count == 2, .tuple(let items) where items.count == 2:
      return (items[0], items[1])
    default: throw fail("a dictionary's entry should be a pair, not \(kind(item))")
    }
  }

  /// `_codecs.encode(text, 'latin1')`, `bytes()`, `bytearray(bytes)`: how old protocols write
  /// bytes.
  private mutating func makeBytes(_ arguments: [PickleItem]) throws(FormatError) {
    guard let content = arguments.first else {
      return push(.bytes(ByteSlice(ByteRegion(copying: [UInt8]()))))
    }
    guard arguments.count > 1 else { return push(.bytes(try bytes(content, "bytes"))) }
    let encoding = try string(arguments[1], "an encoding")
    guard ["latin1", "latin-1"].contains(encoding) else {
      throw refuse("the encoding \(encoding)")
    }
    let text = try string(content, "the text of bytes")
    let scalars = text.unicodeScalars
    guard scalars.allSatisfy({ $0.value <= 0xFF }) else {
      throw fail("text that stands for bytes holds characters beyond latin-1")
    }
    try charge(text.utf8.count)
    push(
      .bytes(ByteSlice(ByteRegion(copying: scalars.map { UInt8(truncatingIfNeeded: $0.value) }))))
  }
}
