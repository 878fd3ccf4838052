import Core

/// What tells samples apart, where files say it: two models are only comparable on the same
/// samples.
enum SampleIDs {
  /// Names of arrays that are IDs and no layers.
  static let names: Set<String> = ["sample_ids", "ids", "__ids__"]

  /// The hash of the IDs of each minibatch, empty when no file has any; the models without IDs; and
  /// the IDs of all samples.
  /// - Throws: when an array has not one ID for each sample, or the IDs of two models differ; the
  ///   error names the first sample that does.
  static func hashes(
    _ located: [LocatedIDs], arrays: [LocatedArray], order: SampleOrder, sampleCounts: [Int],
    store: FeatureStore
  ) throws(FormatError) -> (hashes: [UInt64], unnamed: [String], ids: [String]) {
    let samples = sampleCounts.reduce(0, +)
    var reference: (ids: [String], place: String)?
    var unnamed: [String] = []
    for (model, files) in filesOfModels(arrays) {
      var own = located.filter { $0.model == model }
      if own.isEmpty { own = located.filter { $0.model == nil && files.contains($0.file) } }
      guard let first = own.first else {
        unnamed.append(model)
        continue
      }
      let ids = try read(own, samples: samples, store: store)
      if let reference {
        try checkEqual(reference, (ids, first.place))
      } else {
        reference = (ids, first.place)
      }
    }
    guard let reference else { return ([], [], []) }
    let hashes = sampleCounts.indices.map { minibatch in
      hash(order[minibatch].indices.lazy.map { reference.ids[$0] })
    }
    return (hashes, unnamed, reference.ids)
  }

  /// FNV-1a, 64 bits, over the UTF-8 of each ID and a zero byte after it; numbers are spelled in
  /// decimal.
  static func hash(_ ids: some Sequence<String>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for id in ids {
      for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = hash &* 0x100_0000_01B3
    }
    return hash
  }

  /// The models in order, and the numbers of the files that hold their layers.
  private static func filesOfModels(
    _ arrays: [LocatedArray]
  ) -> [(model: String, files: Set<Int>)] {
    var models: [String] = []
    var files: [String: Set<Int>] = [:]
    for array in arrays {
      if files[array.model] == nil { models.append(array.model) }
      files[array.model, default: []].insert(array.file)
    }
    return models.map { ($0, files[$0] ?? []) }
  }

  /// The IDs of one model, minibatch after minibatch.
  private static func read(
    _ located: [LocatedIDs], samples: Int, store: FeatureStore
  ) throws(FormatError) -> [String] {
    var ids: [String] = []
    let ordered = located.sorted { ($0.batch ?? -1) < ($1.batch ?? -1) }
    for part in ordered { ids += try store.ids(of: part.entry, file: part.file) }
    if located[0].areSentences, ids.count < samples {
      // The index knows a sentence that occurs twice by its last place only.
      ids += (ids.count..<samples).map { "#\($0)" }
    }
    guard ids.count == samples else {
      throw FormatError(
        .mismatch, "\(located[0].place) names \(ids.count) samples, the layers have \(samples)",
        remedy: "save one ID for each sample, or none")
    }
    return ids
  }

  private static func checkEqual(
    _ first: (ids: [String], place: String), _ second: (ids: [String], place: String)
  ) throws(FormatError) {
    guard let index = first.ids.indices.first(where: { first.ids[$0] != second.ids[$0] }) else {
      return
    }
    throw FormatError(
      .mismatch,
      "the samples differ: number \(index) is '\(SafeText.sanitise(first.ids[index]))' in "
        + "\(first.place) and '\(SafeText.sanitise(second.ids[index]))' in \(second.place)",
      remedy: "compute activations of both models on the same samples in the same order")
  }
}

extension NDArray {
  /// Whole numbers of any type, spelled exactly; nil when the elements are none.
  func spelledIntegers() throws(FormatError) -> [String]? {
    let array = try packed()
    func spell<T: FixedWidthInteger>(_ type: T.Type) -> [String] {
      withExtendedLifetime(array.region) {
        (0..<array.count).map { index in
          String(
            array.region.bytes.loadUnaligned(
              fromByteOffset: array.offset + index * MemoryLayout<T>.size, as: T.self))
        }
      }
    }
    return switch type {
    case .int8: spell(Int8.self)
    case .int16: spell(Int16.self)
    case .int32: spell(Int32.self)
    case .int64: spell(Int64.self)
    case .uint8: spell(UInt8.self)
    case .uint16: spell(UInt16.self)
    case .uint32: spell(UInt32.self)
    case .uint64: spell(UInt64.self)
    case .float16, .bfloat16, .float32, .float64, .bool: nil
    }
  }
}
