import Core
import Testing

@testable import Formats

@Suite("Pickle machine")
struct PickleMachineTests {
  private func read(_ region: ByteRegion) throws -> String {
    try PickleReader.read(region: region).value.summary
  }

  private func problem(_ region: ByteRegion) -> String {
    do {
      return "accepted: " + (try PickleReader.read(region: region).value.summary)
    } catch { return error.problem }
  }

  @Test("integers of every width, and floats beyond them")
  func longs() throws {
    // pickle.dumps([2**63-1, -2**63, 2**63, -2**64, 0, -1, 255, -129], 2)
    let bytes = try region(
      base64:
        "gAJdcQAoigj/////////f4oIAAAAAAAAAICKCQAAAAAAAACAAIoJAAAAAAAAAAD/SwBK/////0v/Sn////9lLg==")
    #expect(
      try read(bytes)
        == "[9223372036854775807, -9223372036854775808, 9.223372036854776e+18, "
        + "-1.8446744073709552e+19, 0, -1, 255, -129]")
  }

  @Test("the text opcodes of protocol 0")
  func protocolZero() throws {
    let bytes = opcodes("(lI01\naI-7\naL12L\naF1.5\naFnan\naNaV", 0xE9, "\\u000a\nag0\n")
    #expect(problem(bytes) == "memo entry 0 was never stored")
    let good = opcodes(
      "(lI01\naI-7\naL12L\naF1.5\naNaV", 0xE9, "\\u000a\\U0001F600\naS'a\\x41\\n'\na.")
    #expect(try read(good) == "[True, -7, 12, 1.5, None, 'é\n😀', 'aA\n']")
    #expect(try PickleReader.read(region: good).format.description == "pickle, protocol 0")
  }

  @Test("the protocol of a pickle without PROTO is the lowest that has its opcodes")
  func protocolOne() throws {
    let first = try PickleReader.read(region: opcodes("]K", 1, "a."))
    #expect(first.format.description == "pickle, protocol 1")
  }

  @Test("bytes that are no text, and text with a lone surrogate")
  func texts() throws {
    #expect(try read(opcodes("U", 2, 0xFF, 0x41, ".")) == "b[255, 65]")
    #expect(try read(opcodes("U", 2, "ab.")) == "'ab'")
    let surrogate = opcodes("X", 3, 0, 0, 0, 0xED, 0xA0, 0x80, ".")
    #expect(try read(surrogate).contains("\u{FFFD}"))
  }

  @Test("sets are lists, torch.Size is a tuple, an ordered dictionary a dictionary")
  func otherContainers() throws {
    #expect(try read(opcodes(0x80, 4, 0x8F, "(K", 1, 0x90, ".")) == "[1]")
    #expect(try read(opcodes(0x80, 4, "(K", 1, 0x91, ".")) == "[1]")
    #expect(try read(opcodes("ctorch\nSize\nK", 1, "K", 2, 0x86, 0x85, "R.")) == "(1, 2)")
    #expect(
      try read(opcodes("ccollections\nOrderedDict\n)RK", 1, "K", 2, "s.")) == "{1: 2}")
    #expect(
      try read(opcodes("ccollections\nOrderedDict\n]K", 1, "K", 2, 0x86, "a", 0x85, "R."))
        == "{1: 2}")
    // A state dict carries attributes in a BUILD.
    #expect(
      try read(opcodes("ccollections\nOrderedDict\n)R}b.")) == "{}")
  }

  @Test("a repeated key keeps its place and takes the last value; 1, 1.0 and True are one key")
  func repeatedKeys() throws {
    let one = "K\u{1}"
    #expect(
      try read(opcodes("}(", one, "NK", 2, "NG", 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, "K", 7, "u."))
        == "{1: 7, 2: None}")
    #expect(
      problem(opcodes("}]Ns.")) == "a dictionary in the pickle has a key that Python could not have"
    )
  }

  @Test("shared containers are allowed, cycles are not")
  func sharing() throws {
    #expect(try read(opcodes("]q", 0, "(](K", 1, "eq", 1, "h", 1, "e.")) == "[[1], [1]]")
    #expect(problem(opcodes("]q", 0, "h", 0, "a.")) == "a list in the pickle holds itself")
    #expect(
      problem(opcodes("}q", 0, "K", 1, "h", 0, 0x85, "s."))
        == "a dictionary in the pickle holds itself")
  }

  @Test("a list changed after it was shared is changed everywhere")
  func mutationAfterSharing() throws {
    // a = []; b = (a, a); a.append(1)
    #expect(
      try read(opcodes("]q", 0, "h", 0, 0x86, "q", 1, "0h", 0, "K", 1, "a0h", 1, "."))
        == "([1], [1])")
  }

  @Test("lists that double forty times are refused")
  func billionLaughs() {
    var parts: [any OpcodePart] = ["]q", 0, "K", 1, "a"]
    for level in 1...40 {
      parts += ["]q", level, "h", level - 1, "ah", level - 1, "a"] as [any OpcodePart]
    }
    let bytes = region((parts + ["."]).flatMap(\.opcodeBytes))
    #expect(problem(bytes).hasPrefix("items are left over"))
    let kept = region(
      (parts + ["q", 200] as [any OpcodePart]).flatMap(\.opcodeBytes)
        + [UInt8](repeating: 0x30, count: 41) + Array("h".utf8) + [200] + Array(".".utf8))
    #expect(problem(kept) == "the pickle unfolds to more than 50000000 values")
  }

  @Test("as deep as the limit opens, one deeper does not")
  func depth() throws {
    func nested(_ depth: Int) -> ByteRegion {
      region(
        [UInt8](repeating: 0x5D, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2E]
      )
    }
    #expect(throws: Never.self) { try PickleReader.read(region: nested(Limits.depth)) }
    #expect(problem(nested(Limits.depth + 1)) == "values in the pickle nest deeper than 64")
  }

  @Test("bytes decoded again and again from one text are refused")
  func growth() {
    let text = String(repeating: "a", count: 2000)
    var parts: [any OpcodePart] = ["(c_codecs\nencode\nq", 0, "0V", text, "\nq", 1, "0"]
    for _ in 0..<200 {
      parts += ["h", 0, "h", 1, "Vlatin1\n", 0x86, "R"] as [any OpcodePart]
    }
    let bytes = region((parts + ["t."]).flatMap(\.opcodeBytes))
    #expect(problem(bytes) == "the pickle unfolds to far more than its size")
  }

  @Test(
    "what no honest pickle does",
    arguments: [
      ("a.", "the pickle takes an item that is not there"),
      ("t.", "the pickle closes a MARK never opened"),
      ("(N.", "items are left over at STOP"),
      ("NN.", "items are left over at STOP"),
      ("NNa.", "items are appended to None"),
      ("}(Nu.", "a dictionary's last key has no value"),
      ("N(NNu.", "entries are put into None"),
      ("p5\n.", "the pickle looks at an item that is not there"),
      ("Np-1\n.", "memo index -1 is out of range"),
      ("g5\n.", "memo entry 5 was never stored"),
      ("Ix\n.", "'x' is no whole number"),
      ("Fx\n.", "'x' is no number"),
      ("Sx\n.", "text without its quotes"),
      ("NQ.", "the pickle refers to data that is kept elsewhere (a persistent id)"),
      ("N)R.", "refuses a call of an object: this pickle would run code"),
      (
        "cnumpy\nndarray\n)R.",
        "refuses a direct call of a type: this pickle would run code"
      ),
      ("cnumpy\ndtype\n.", "the pickle holds a class or function"),
      ("cnumpy\ndtype\n)\u{81}.", "refuses NEWOBJ of a class: this pickle would run code"),
      ("ctorch\nLoader\n.", "refuses torch.Loader: this pickle would run code"),
      ("c\u{1B}[2J\nx\n.", "refuses \\u{1B}[2J.x: this pickle would run code"),
      ("(ios\nsystem\n.", "refuses os.system: this pickle would run code"),
      ("N}b.", "refuses BUILD on a plain value: this pickle would run code"),
      ("]}b.", "refuses BUILD on a list: this pickle would run code"),
      ("<html>", "this is not a pickle"),
    ])
  func refused(text: String, expected: String) {
    #expect(problem(region(text.unicodeScalars.map { UInt8($0.value) })) == expected)
  }

  @Test(
    "opcodes that would build objects or need data from elsewhere",
    arguments: [0x82, 0x83, 0x84, 0x92, 0x97])
  func refusedOpcodes(code: Int) {
    let error = #expect(throws: FormatError.self) {
      try PickleReader.read(region: opcodes(0x80, 5, "N", code, 0, 0, 0, 0, "."))
    }
    #expect(error?.place == "byte 3")
  }

  @Test("an error tells place and remedy in one line")
  func errorLine() {
    let error = #expect(throws: FormatError.self) {
      try PickleReader.read(region: opcodes(0x80, 2, "cposix\nsystem\n."))
    }
    #expect(
      error?.description
        == "refuses posix.system: this pickle would run code (byte 2); open only files you trust; "
        + "save plain dictionaries, lists, tensors and arrays")
  }

  @Test("bytes after STOP are told, not read")
  func trailing() throws {
    let result = try PickleReader.read(region: opcodes("N.cos\nsystem\n"))
    #expect(result.warnings == [.bytesAfter("the pickle's end", count: 11)])
  }

  @Test("sniffing: pickles of every protocol, and no others")
  func sniffing() throws {
    for name in ["torch_f32_proto1.pkl", "torch_f32_proto2.pkl", "torch_f32_proto5.pkl"] {
      #expect(PickleReader.isPickle(try BinaryFixtures.region("samples/variants/" + name)))
    }
    #expect(PickleReader.isPickle(try BinaryFixtures.region("made/numpy_proto0.pkl")))
    for name in ["wrong_magic_png.pkl", "html_404.pkl", "npy_object.npy", "csv_quotes_crlf.csv"] {
      #expect(!PickleReader.isPickle(try BinaryFixtures.region("hostile/" + name)))
    }
    #expect(!PickleReader.isPickle(region(Array("conv1,conv2\n0.5,1\n".utf8))))
    #expect(PickleReader.isPickle(region(Array("cposix\nsystem\n(S'x'\ntR.".utf8))))
  }
}
