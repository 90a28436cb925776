# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        hidden_state = tanh(np.dot(U, x) + np.dot(V, hidden_state))
        out = softmax(np.dot(W, hidden_state) + b_out)
        hidden_states.append(hidden_state)
        outputs.append(out)
    return outputs, hidden_states
