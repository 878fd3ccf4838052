import Core

/// A pickle's stack machine, protocols 0 to 5, that makes plain values and nothing else.
///
/// A name (GLOBAL) is a symbol, a call (REDUCE, BUILD) of a known symbol makes a value, and
/// everything else is an error: nothing is imported or run, whatever the file says.
struct PickleMachine {
  var cursor: ByteCursor
  var stack: [PickleItem] = []
  /// For each open MARK, the height of the stack below it.
  var marks: [Int] = []
  /// A dictionary: an index in the file must not size an array.
  var memo: [Int: PickleItem] = [:]
  var nodes: [PickleNode] = []
  /// What PROTO says, or else the lowest protocol that has the opcodes met.
  var protocolVersion = 0
  /// Where the storages of persistent ids are; nil outside a torch file.
  let storages: (any TorchStorageSource)?
  /// Inside the bytes of `_load_from_bytes`, which must not hold such bytes again.
  let isNested: Bool
  /// Arrays of Python objects are lists of what they hold, as in the pickle that `numpy.save` writes
  /// of one; elsewhere they are refused.
  let allowsObjects: Bool
  private var opcodeStart = 0
  private var stopped = false
  private var budget: Int

  /// A machine at the first byte of `slice`; `source` names the bytes in errors.
  init(
    _ slice: ByteSlice, source: String = "", storages: (any TorchStorageSource)? = nil,
    isNested: Bool = false, allowsObjects: Bool = false
  ) {
    cursor = ByteCursor(slice, source: source)
    self.storages = storages
    self.isNested = isNested
    self.allowsObjects = allowsObjects
    let (bytes, overflow) = slice.count.multipliedReportingOverflow(by: PickleLimits.growth)
    budget = overflow ? .max : bytes
  }

  /// Runs one pickle, up to its STOP, and returns what it leaves.
  mutating func run() throws(FormatError) -> PickleItem {
    var opcodes = 0
    while !stopped {
      opcodeStart = cursor.position
      let code = try cursor.byte("the next opcode (a pickle ends with STOP)")
      guard let opcode = PickleOpcode.table[Int(code)] else {
        throw fail(
          opcodeStart == 0 ? "this is not a pickle" : "byte \(code) is no pickle opcode",
          as: opcodeStart == 0 ? .foreign : .damaged,
          remedy: "check that the file is what its name says")
      }
      opcodes += 1
      guard opcodes <= PickleLimits.opcodes else {
        throw fail("the pickle has more than \(PickleLimits.opcodes) opcodes", as: .tooLarge)
      }
      protocolVersion = max(protocolVersion, opcode.since)
      try opcode.act(&self)
      guard stack.count <= PickleLimits.stack, marks.count <= PickleLimits.stack else {
        throw fail("the pickle piles up more than \(PickleLimits.stack) items", as: .tooLarge)
      }
    }
    let result = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw fail("items are left over at STOP") }
    return result
  }

  /// Where the opcode now at work stands.
  var place: String { cursor.place(opcodeStart) }

  /// Ends the run; STOP's deed.
  mutating func stop() { stopped = true }

  /// An error about the opcode now at work.
  func fail(
    _ problem: String, as kind: FormatError.Kind = .damaged, remedy: String = ""
  ) -> FormatError {
    FormatError(
      kind, problem, at: place,
      remedy: remedy.isEmpty ? "save the result again; the file is damaged" : remedy)
  }

  /// Counts `bytes` that the pickle makes us allocate beside its own.
  mutating func charge(_ bytes: Int) throws(FormatError) {
    guard bytes <= budget else {
      throw fail("the pickle unfolds to far more than its size", as: .tooLarge)
    }
    budget -= bytes
  }
}

// MARK: - Stack, nodes, memo

extension PickleMachine {
  mutating func push(_ item: PickleItem) { stack.append(item) }

  /// Takes the top item; a MARK is a floor that only its own opcodes remove.
  mutating func pop() throws(FormatError) -> PickleItem {
    guard stack.count > marks.last ?? 0, let item = stack.popLast() else {
      throw fail("the pickle takes an item that is not there")
    }
    return item
  }

  /// The top item, left where it is.
  func top() throws(FormatError) -> PickleItem {
    guard stack.count > marks.last ?? 0, let item = stack.last else {
      throw fail("the pickle looks at an item that is not there")
    }
    return item
  }

  /// Takes everything above the last MARK, and the MARK.
  mutating func popMark() throws(FormatError) -> [PickleItem] {
    guard let height = marks.popLast() else { throw fail("the pickle closes a MARK never opened") }
    let items = Array(stack[height...])
    stack.removeSubrange(height...)
    return items
  }

  /// Takes the top `count` items, lowest first.
  mutating func pop(_ count: Int) throws(FormatError) -> [PickleItem] {
    guard stack.count - count >= marks.last ?? 0 else {
      throw fail("the pickle takes items that are not there")
    }
    let items = Array(stack.suffix(count))
    stack.removeLast(count)
    return items
  }

  /// Puts a new container or object on the stack.
  mutating func push(_ node: PickleNode) throws(FormatError) {
    guard nodes.count < PickleLimits.nodes else {
      throw fail("the pickle has more than \(PickleLimits.nodes) objects", as: .tooLarge)
    }
    nodes.append(node)
    stack.append(.node(nodes.count - 1))
  }

  mutating func remember(_ item: PickleItem, as index: Int) throws(FormatError) {
    guard index >= 0, index < PickleLimits.memo else {
      throw fail("memo index \(index) is out of range")
    }
    memo[index] = item
  }

  mutating func recall(_ index: Int) throws(FormatError) {
    guard let item = memo[index] else { throw fail("memo entry \(index) was never stored") }
    push(item)
  }
}
