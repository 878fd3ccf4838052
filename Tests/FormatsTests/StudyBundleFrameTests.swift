import Core
import Similarity
import Testing

@testable import Formats

/// What backends send comes back, or is refused with a reason.
@Suite struct StudyBundleFrameTests {
  private let header = BackendHeader(
    models: StudyBundleSamples.models.map { model in
      var model = model
      model.layers = Array(model.layers.prefix(1))
      return model
    }, sampleCounts: [4, 2])

  private var frame: GramFrame {
    let gram = Matrix(rows: 4, columns: 4, values: (0..<16).map(Double.init))
    return GramFrame(
      samples: 4, sampleHash: "cafe", layers: [.gram(gram), .fault("it is broken")])
  }

  private func region(_ bytes: [UInt8]) -> ByteRegion { ByteRegion(copying: bytes) }

  /// The buffer with `old` in its header replaced, and the header's length set again.
  private func replaced(_ bytes: [UInt8], _ old: String, _ new: String) -> ByteRegion {
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let text = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    #expect(text.contains(old), "the test's own text")
    let changed = Array(text.replacing(old, with: new).utf8)
    let count = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) }
    return region(count + changed + bytes[(8 + length)...])
  }

  @Test func aHeaderComesBack() throws {
    #expect(try BackendHeader(region(header.encoded())) == header)
    #expect(header.names == ["A/a0", "B/b0"])
  }

  /// A header with everything that may be left out.
  private var fullHeader: BackendHeader {
    var header = header
    header.models[0].specification = "py:net.py:build?width=2"
    header.models[0].layers[0].kind = "Conv2d"
    header.about.versions = ["torch": "2.13.0"]
    header.about.settings = ["device": "cpu"]
    header.about.warnings = ["it is slow"]
    return header
  }

  @Test func whatMayBeLeftOutComesBackToo() throws {
    #expect(try BackendHeader(region(fullHeader.encoded())) == fullHeader)
  }

  @Test func modelsOfOneNameAreToldApartByTheirData() throws {
    var header = header
    header.models.append(header.models[0])
    header.models[2].dataset = "noisy"
    #expect(header.names == ["A@/a0", "B/b0", "A@noisy/a0"])
    #expect(try BackendHeader(region(header.encoded())) == header)
    header.models[2].dataset = ""
    let encoded = try header.encoded()
    #expect(throws: FormatError.self) { try BackendHeader(region(encoded)) }
  }

  @Test(
    "What is said beside the layers must be what it should be",
    arguments: [
      (#"\"kinds\": [\"Conv2d\"]"#, #"\"kinds\": [\"Conv2d\", \"Linear\"]"#),
      (#"\"kinds\": [\"Conv2d\"]"#, #"\"kinds\": [3]"#),
      (#"\"kinds\": [\"Conv2d\"]"#, #"\"kinds\": \"Conv2d\""#),
      (#"\"py:net.py:build?width=2\""#, "[]"), (#"{\"torch\": \"2.13.0\"}"#, "[]"),
      (#"\"2.13.0\""#, "2.13"), (#"\"cpu\""#, "null"), (#"[\"it is slow\"]"#, #"\"slow\""#),
      (#"[\"it is slow\"]"#, "[1]"), (#"{\"versions\""#, #"{{\"versions\""#),
    ])
  func oddAdditionsAreRefused(_ old: String, _ new: String) throws {
    let changed = replaced(try fullHeader.encoded(), old, new)
    #expect(throws: FormatError.self) { try BackendHeader(changed) }
  }

  @Test func additionsAreMadeSafeAndAreNotEndless() throws {
    let hostile = replaced(try fullHeader.encoded(), "Conv2d", #"\\u001b[31m"#)
    #expect(try BackendHeader(hostile).models[0].layers[0].kind == #"\u{1B}[31m"#)
    var endless = fullHeader
    endless.about.warnings = Array(repeating: "again", count: 1000)
    let encoded = try endless.encoded()
    #expect(throws: FormatError.self) { try BackendHeader(region(encoded)) }
  }

  @Test func aFrameComesBack() throws {
    let again = try GramFrame(region(frame.encoded(header).bytes), index: 0, header: header)
    #expect(again.samples == 4)
    #expect(again.sampleHash == "cafe")
    guard case .gram(let gram) = again.layers[0], case .fault(let reason) = again.layers[1] else {
      Issue.record("a Gram matrix and a fault")
      return
    }
    #expect(gram.values() == (0..<16).map(Double.init))
    #expect(reason == "it is broken")
  }

  @Test func everyCutIsRefused() throws {
    let (first, second) = (try header.encoded(), try frame.encoded(header).bytes)
    for count in first.indices {
      let cut = region(Array(first.prefix(count)))
      #expect(throws: FormatError.self) { try BackendHeader(cut) }
    }
    for count in second.indices {
      let cut = region(Array(second.prefix(count)))
      #expect(throws: FormatError.self) { try GramFrame(cut, index: 0, header: header) }
    }
  }

  @Test(arguments: [
    ("cka-backend", "cka"), (#""version": "1""#, #""version": "2""#),
    (#"\"samples\": [4, 2]"#, #"\"samples\": []"#),
    (#"\"samples\": [4, 2]"#, #"\"samples\": [4, -2]"#),
    (#"\"samples\": [4, 2]"#, #"\"samples\": [4e18]"#),
    (#"[\"a0\"]"#, "[]"), (#"[\"a0\"]"#, #"[\"a0\", \"a0\"]"#),
  ])
  func aHeaderThatAnnouncesNothingIsRefused(_ old: String, _ new: String) throws {
    let changed = replaced(try header.encoded(), old, new)
    #expect(throws: FormatError.self) { try BackendHeader(changed) }
  }

  @Test(arguments: [
    (#""samples": "4""#, #""samples": "5""#), (#""samples": "4""#, #""samples": "four""#),
    ("[4, 4]", "[2, 8]"), ("[4, 4]", "[16]"), ("F64", "I64"), ("A/a0", "A/a1"),
    ("B/b0", "B/b1"), ("{\\\"B", "[\\\"B"),
  ])
  func aFrameThatIsNotAsAnnouncedIsRefused(_ old: String, _ new: String) throws {
    let changed = replaced(try frame.encoded(header).bytes, old, new)
    #expect(throws: FormatError.self) { try GramFrame(changed, index: 0, header: header) }
  }

  @Test func framesBeyondThoseAnnouncedAreRefused() throws {
    let bytes = try frame.encoded(header).bytes
    #expect(throws: FormatError.self) {
      try GramFrame(region(bytes), index: 2, header: header)
    }
    #expect(throws: FormatError.self) {
      try GramFrame(region(bytes), index: 1, header: header)
    }
  }

  @Test func anHonestFrameFitsTheLimit() throws {
    #expect(try frame.encoded(header).count <= header.mostBytes)
    let huge = BackendHeader(models: header.models, sampleCounts: [1 << 30])
    #expect(huge.mostBytes == Int.max)
  }
}
