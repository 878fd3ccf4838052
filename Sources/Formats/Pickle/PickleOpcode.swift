import Core

/// One opcode: its byte, the protocol it came with, and what it does to the machine.
struct PickleOpcode: Sendable {
  typealias Act = @Sendable (inout PickleMachine) throws(FormatError) -> Void

  /// The name in Python's pickletools.
  let name: String
  let code: UInt8
  /// The first protocol that has it.
  let since: Int
  let act: Act

  init(_ name: String, _ code: UInt8, since: Int = 0, _ act: @escaping Act) {
    self.name = name
    self.code = code
    self.since = since
    self.act = act
  }

  /// The opcode of each byte; nil where there is none.
  static let table: [PickleOpcode?] = {
    var table = [PickleOpcode?](repeating: nil, count: 256)
    for opcode in control + numbers + texts + containers + memos + objects {
      table[Int(opcode.code)] = opcode
    }
    return table
  }()

  private static let control: [PickleOpcode] = [
    .init("PROTO", 0x80, since: 2) { machine throws(FormatError) in
      let version = try machine.cursor.byte("the protocol's number")
      guard version <= 5 else {
        throw machine.fail("pickle protocol \(version) is unknown (0 to 5 are)", as: .tooNew)
      }
      machine.protocolVersion = Int(version)
    },
    .init("FRAME", 0x95, since: 4) { machine throws(FormatError) in
      let length = try machine.cursor.integer(UInt64.self, "a frame's length")
      guard length <= UInt64(machine.cursor.remaining) else {
        throw machine.fail(
          "a frame claims \(length) bytes, \(machine.cursor.remaining) are left", as: .truncated)
      }
    },
    .init("STOP", 0x2E) { machine in machine.stop() },
    .init("MARK", 0x28) { machine in machine.marks.append(machine.stack.count) },
    .init("POP", 0x30) { machine throws(FormatError) in
      if machine.marks.last == machine.stack.count {
        machine.marks.removeLast()
      } else {
        _ = try machine.pop()
      }
    },
    .init("POP_MARK", 0x31) { machine throws(FormatError) in _ = try machine.popMark() },
    .init("DUP", 0x32) { machine throws(FormatError) in
      let item = try machine.top()
      machine.push(item)
    },
  ]

  private static let memos: [PickleOpcode] = [
    .init("PUT", 0x70) { machine throws(FormatError) in
      let item = try machine.top()
      let index = try machine.decimalLine("a memo index")
      try machine.remember(item, as: index)
    },
    .init("BINPUT", 0x71, since: 1) { machine throws(FormatError) in
      let item = try machine.top()
      let index = try machine.cursor.byte("a memo index")
      try machine.remember(item, as: Int(index))
    },
    .init("LONG_BINPUT", 0x72, since: 1) { machine throws(FormatError) in
      let item = try machine.top()
      let index = try machine.cursor.integer(UInt32.self, "a memo index")
      try machine.remember(item, as: Int(index))
    },
    .init("MEMOIZE", 0x94, since: 4) { machine throws(FormatError) in
      let item = try machine.top()
      try machine.remember(item, as: machine.memo.count)
    },
    .init("GET", 0x67) { machine throws(FormatError) in
      let index = try machine.decimalLine("a memo index")
      try machine.recall(index)
    },
    .init("BINGET", 0x68, since: 1) { machine throws(FormatError) in
      let index = try machine.cursor.byte("a memo index")
      try machine.recall(Int(index))
    },
    .init("LONG_BINGET", 0x6A, since: 1) { machine throws(FormatError) in
      let index = try machine.cursor.integer(UInt32.self, "a memo index")
      try machine.recall(Int(index))
    },
  ]
}
