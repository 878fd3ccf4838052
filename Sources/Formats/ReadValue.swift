/// What a reader makes of a file: its content, before anyone asks whether it is a CKA result.
struct ReadValue {
  /// The content.
  var value: Value
  /// The container as a person would name it ("pickle, protocol 4", "npz").
  var format: String
  /// What the user should know; one line each, safe to show.
  var warnings: [String] = []
}
