import Core

/// The opcodes that make and fill tuples, lists, sets and dictionaries.
extension PickleOpcode {
  static let containers: [PickleOpcode] = [
    .init("EMPTY_TUPLE", 0x29, since: 1) { machine throws(FormatError) in
      try machine.push(.tuple([]))
    },
    .init("TUPLE1", 0x85, since: 2) { machine throws(FormatError) in
      let items = try machine.pop(1)
      try machine.push(.tuple(items))
    },
    .init("TUPLE2", 0x86, since: 2) { machine throws(FormatError) in
      let items = try machine.pop(2)
      try machine.push(.tuple(items))
    },
    .init("TUPLE3", 0x87, since: 2) { machine throws(FormatError) in
      let items = try machine.pop(3)
      try machine.push(.tuple(items))
    },
    .init("TUPLE", 0x74) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.push(.tuple(items))
    },
    .init("EMPTY_LIST", 0x5D, since: 1) { machine throws(FormatError) in
      try machine.push(.list([]))
    },
    .init("LIST", 0x6C) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.push(.list(items))
    },
    .init("APPEND", 0x61) { machine throws(FormatError) in
      let item = try machine.pop()
      try machine.append([item])
    },
    .init("APPENDS", 0x65, since: 1) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.append(items)
    },
    .init("EMPTY_SET", 0x8F, since: 4) { machine throws(FormatError) in
      try machine.push(.list([]))
    },
    .init("ADDITEMS", 0x90, since: 4) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.append(items)
    },
    .init("FROZENSET", 0x91, since: 4) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.push(.list(items))
    },
    .init("EMPTY_DICT", 0x7D, since: 1) { machine throws(FormatError) in
      try machine.push(.dictionary([]))
    },
    .init("DICT", 0x64) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.push(.dictionary([]))
      try machine.insert(items)
    },
    .init("SETITEM", 0x73) { machine throws(FormatError) in
      let items = try machine.pop(2)
      try machine.insert(items)
    },
    .init("SETITEMS", 0x75, since: 1) { machine throws(FormatError) in
      let items = try machine.popMark()
      try machine.insert(items)
    },
  ]
}

extension PickleMachine {
  /// Adds `items` to the list on top of the stack.
  fileprivate mutating func append(_ items: [PickleItem]) throws(FormatError) {
    let target = try top()
    guard case .node(let index) = target, case .list(var list) = nodes[index] else {
      throw fail("items are appended to \(kind(target))")
    }
    nodes[index] = .list([])  // so that `list` is the only owner and grows in place
    list.append(contentsOf: items)
    nodes[index] = .list(list)
  }

  /// Adds keys and values, by turns, to the dictionary on top of the stack.
  fileprivate mutating func insert(_ items: [PickleItem]) throws(FormatError) {
    let target = try top()
    guard case .node(let index) = target, case .dictionary(var entries) = nodes[index] else {
      throw fail("entries are put into \(kind(target))")
    }
    guard items.count % 2 == 0 else { throw fail("a dictionary's last key has no value") }
    nodes[index] = .dictionary([])
    for i in stride(from: 0, to: items.count, by: 2) {
      entries.append((key: items[i], value: items[i + 1]))
    }
    nodes[index] = .dictionary(entries)
  }
}
