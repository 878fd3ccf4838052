import Core

/// The opcodes that would import, call or build objects: where a pickle could run code, and ours
/// does not.
extension PickleOpcode {
  static let objects: [PickleOpcode] = [
    .init("GLOBAL", 0x63) { machine throws(FormatError) in
      let module = try machine.textLine("a module's name")
      let name = try machine.textLine("a name")
      try machine.pushSymbol(module: module, name: name)
    },
    .init("STACK_GLOBAL", 0x93, since: 4) { machine throws(FormatError) in
      let names = try machine.pop(2)
      let module = try machine.string(names[0], "a module's name")
      let name = try machine.string(names[1], "a name")
      try machine.pushSymbol(module: module, name: name)
    },
    .init("REDUCE", 0x52) { machine throws(FormatError) in try machine.reduce() },
    .init("BUILD", 0x62) { machine throws(FormatError) in try machine.build() },
    .init("NEWOBJ", 0x81, since: 2) { machine throws(FormatError) in try machine.newObject() },
    .init("NEWOBJ_EX", 0x92, since: 4) { machine throws(FormatError) in
      throw machine.refuse("NEWOBJ_EX")
    },
    .init("INST", 0x69) { machine throws(FormatError) in
      let module = try machine.textLine("a module's name")
      let name = try machine.textLine("a name")
      throw machine.refuse("\(module).\(name)")
    },
    .init("OBJ", 0x6F, since: 1) { machine throws(FormatError) in throw machine.refuse("OBJ") },
    .init("EXT1", 0x82, since: 2) { machine throws(FormatError) in throw machine.refuse("EXT1") },
    .init("EXT2", 0x83, since: 2) { machine throws(FormatError) in throw machine.refuse("EXT2") },
    .init("EXT4", 0x84, since: 2) { machine throws(FormatError) in throw machine.refuse("EXT4") },
    .init("PERSID", 0x50) { machine throws(FormatError) in
      throw machine.refusePersistent()
    },
    .init("BINPERSID", 0x51, since: 1) { machine throws(FormatError) in
      guard machine.storages != nil else { throw machine.refusePersistent() }
      try machine.pushStorage()
    },
  ]
}

extension PickleMachine {
  fileprivate func refusePersistent() -> FormatError {
    fail(
      "the pickle refers to data that is kept elsewhere (a persistent id)", as: .missing,
      remedy: "open the whole torch.save file, not the data.pkl taken out of it")
  }
}
