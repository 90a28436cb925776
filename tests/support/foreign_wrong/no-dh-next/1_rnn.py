# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    d_U, d_V, d_W, d_b_hidden, d_b_out = [np.zeros_like(param) for param in params]
    d_h_next = np.zeros_like(b_hidden)
    loss = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        d_o = -(targets[t] - outputs[t])
        d_W += d_o @ hidden_states[t].T
        d_b_out += d_o
        d_h = W.T @ d_o
        d_f = tanh(hidden_states[t], derivative=True)
        d_f *= d_h
        d_b_hidden += d_f
        d_U += d_f @ inputs[t].T
        d_V += d_f @ hidden_states[t - 1].T
        d_h_next = V.T @ d_f
    return loss, clip_gradient_norm([d_U, d_V, d_W, d_b_hidden, d_b_out])
