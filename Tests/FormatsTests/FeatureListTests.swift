import Testing

@testable import Core
@testable import Formats

@Suite("Lists of arrays")
struct FeatureListTests {
  /// How a list of arrays of `shapes` is read.
  private func read(
    _ shapes: [[Int]], _ kind: ListPlace.Kind = .list, name: String = "x", beside: Set<Int> = [],
    isOneOfMany: Bool = false, axes: String? = nil
  ) throws -> ListGroup.Reading {
    let group = ListGroup(
      name: name, kinds: [kind], isOfIntegers: false,
      members: shapes.enumerated().map { .init(entry: $0, place: [$0], shape: $1) })
    return try group.reading(
      axes: axes.map { text throws(FormatError) in try FeatureAxes(text) }, counts: beside,
      isOneOfMany: isOneOfMany)
  }

  private static let alike = [[Int]](repeating: [8, 10], count: 6)

  @Test("a tuple is a model's hidden states, and so is what is called so")
  func layers() throws {
    #expect(try read(Self.alike, .tuple) == .init(meanings: [.layers], isSure: true))
    let named = try read(Self.alike, name: "out/hidden_states", isOneOfMany: true)
    #expect(named == .init(meanings: [.layers], isSure: true))
    // One width each: no batches of one layer.
    #expect(try read([[8, 10], [8, 20]]) == .init(meanings: [.layers], isSure: true))
  }

  @Test("a shorter last array, or one list for each layer, is batches")
  func batches() throws {
    let ragged = Self.alike + [[3, 10]]
    #expect(try read(ragged) == .init(meanings: [.batches], isSure: true))
    let several = try read(Self.alike, isOneOfMany: true)
    #expect(several == .init(meanings: [.batches], isSure: false))
    let padded = try read([[8, 5, 10], [8, 7, 10]])
    #expect(padded == .init(meanings: [.batches], isSure: true))
    #expect(try read(Self.alike, .dictionaries).meanings == [.batches])
  }

  @Test("what stands beside a list tells what its places are")
  func beside() throws {
    let layers = try read(Self.alike, beside: [8], isOneOfMany: true)
    #expect(layers == .init(meanings: [.layers], isSure: true))
    let batches = try read(Self.alike, .tuple, beside: [48])
    #expect(batches == .init(meanings: [.batches], isSure: true))
    let sentences = try read([[5, 10], [7, 10], [4, 10]], beside: [3])
    #expect(sentences == .init(meanings: [.samples], isSure: true))
  }

  @Test("where nothing tells, the guess is no certainty")
  func guesses() throws {
    #expect(try read(Self.alike) == .init(meanings: [.layers], isSure: false))
    #expect(try read([[10], [10], [10]]) == .init(meanings: [.samples], isSure: false))
    #expect(try read([[5, 10], [7, 10], [4, 10]]).isSure == false)
  }

  @Test("the user says it")
  func said() throws {
    let said = try read(Self.alike, .tuple, axes: "batches,samples,features")
    #expect(said.meanings == [.batches] && said.axes == [.samples, .features] && said.isSaid)
    let inner = try read(Self.alike, .tuple, axes: "features,samples")
    #expect(inner.meanings == [.layers] && inner.axes == [.features, .samples])
    let error = #expect(throws: FormatError.self) {
      try read(Self.alike, axes: "tokens,samples,features")
    }
    #expect(error?.remedy == "they can be layers, batches or samples")
  }

  @Test("lists of lists", arguments: [(false, [8, 8, 5]), (true, [8, 8, 5])])
  func nested(_ areLayersOutside: Bool, _ sizes: [Int]) throws {
    let members = sizes.indices.flatMap { batch in
      (0..<2).map { layer in
        ListGroup.Member(
          entry: 0, place: areLayersOutside ? [layer, batch] : [batch, layer],
          shape: [sizes[batch], 10])
      }
    }
    let group = ListGroup(
      name: "x", kinds: [.list, .list], isOfIntegers: false, members: members)
    let reading = try group.reading(axes: nil, counts: [], isOneOfMany: false)
    #expect(reading.isSure)
    #expect(
      reading.meanings == (areLayersOutside ? [.layers, .batches] : [.batches, .layers]))
  }
}
