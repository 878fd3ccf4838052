import Core

/// An array, or a layer of a stack of layers, that was found to be a layer.
struct LocatedArray {
  var file: Int
  var entry: Int
  var model: String
  var layer: String
  /// The minibatch that it holds; nil when samples are still to be cut into minibatches.
  var batch: Int?
  /// Where it stands among the arrays of its minibatch: the number of its only sample, or its places
  /// in lists and stacks of batches.
  var order: [Int]
  /// What its axes are.
  var reading: FeatureReading
  /// The user or the file says what its axes are.
  var isSaid: Bool
  /// It is an array of its own, in no list, and not one layer of a stack.
  var isPlain: Bool
  var isSentence: Bool
  var type: ScalarType
  /// At least one axis, none of them empty.
  var shape: [Int]
  /// File and entry, for errors.
  var place: String

  var samples: Int { reading.samples(of: shape) }
  var sampleShape: [Int] { reading.sampleShape(of: shape) }
}

/// An array that tells the samples apart.
struct LocatedIDs {
  var file: Int
  var entry: Int
  /// The model that it belongs to; nil for all models of the file.
  var model: String?
  var batch: Int?
  /// They are the sentences of a file that has an array for each.
  var areSentences: Bool
  var place: String
}

/// An array that may tell what class each sample is of.
struct LocatedLabels {
  var file: Int
  var entry: Int
  /// Its name, safe to show.
  var name: String
  /// Its entries; nil when it is text, which is not read before it is asked for.
  var count: Int?
  /// Its minibatch, and its places in lists of batches.
  var order: [Int]
}
