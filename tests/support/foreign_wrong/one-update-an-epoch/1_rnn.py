# %% rnn-training
num_epochs = 2000
params = init_rnn(hidden_size, vocab_size)
training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}
hidden_state = np.zeros((hidden_size, 1), dtype=np.float32)

for epoch in epochs(num_epochs, params=params, history=history):
    epoch_training_loss, epoch_validation_loss = 0.0, 0.0
    for inputs, targets in encoded_validation:
        outputs, hidden_states = forward_pass(inputs, hidden_state, params)
        epoch_validation_loss += sequence_loss(outputs, targets)
    for inputs, targets in encoded_training:
        outputs, hidden_states = forward_pass(inputs, hidden_state, params)
        loss, grads = backward_pass(inputs, outputs, hidden_states, targets, params)
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        epoch_training_loss += loss
    update_parameters(params, grads, lr=3e-4)
    training_loss.append(epoch_training_loss / len(encoded_training))
    validation_loss.append(epoch_validation_loss / len(encoded_validation))
